package recoverylog.player;

/** What a player was asked to end with (PLAY-14). */
sealed interface Wish {
    /** PLAY-7. */
    record Finish() implements Wish {}

    /** PLAY-8. */
    record HandOff(long author) implements Wish {}
}
