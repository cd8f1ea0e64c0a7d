package recoverylog.player;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Paths;
import recoverylog.fsm.Fsm;

/** The directory that a complete play lays out (PLAY-15). */
public final class Tree {
    private final SortedMap<ByteString, Content> files;
    private final List<List<ByteString>> sameFile;

    private Tree(SortedMap<ByteString, Content> files, List<List<ByteString>> sameFile) {
        this.files = files;
        this.sameFile = sameFile;
    }

    /** The content at each path, of files and properties (PLAY-15). */
    public SortedMap<ByteString, Content> files() {
        return files;
    }

    /** The paths of each file that has several, by the first path (PLAY-12). */
    public List<List<ByteString>> sameFile() {
        return sameFile;
    }

    /** Lays out what was played; {@link #problem} was asked before (PLAY-12). */
    static Tree of(Fsm fsm, SortedMap<Long, Content> contents) {
        SortedMap<ByteString, Content> files = new TreeMap<>();
        fsm.links().forEach((path, fnode) -> files.put(path, contents.get(fnode)));
        fsm.properties().forEach((path, bytes) -> {
            Content content = new Content();
            content.write(0, bytes.toBytes());
            files.put(path, content);
        });
        List<List<ByteString>> sameFile = new ArrayList<>();
        fsm.files().values().stream()
                .filter(file -> file.links().size() > 1)
                .forEach(file -> sameFile.add(List.copyOf(file.links())));
        sameFile.sort((one, other) -> one.get(0).compareTo(other.get(0)));
        return new Tree(files, sameFile);
    }

    /** Why no directory holds what was played, if none does (PLAY-9). */
    static Optional<Failure> problem(Fsm fsm, ByteString log) {
        List<ByteString> paths = new ArrayList<>(fsm.links().keySet());
        paths.addAll(fsm.properties().keySet());
        paths.sort(null);
        for (ByteString path : paths) {
            if (!Paths.isClean(path)) {
                return Optional.of(new Failure.UnplayablePath(log, path));
            }
        }
        // Of the paths before, those that are a prefix of the one that is looked at: only below these can it or a later one lie.
        List<ByteString> seen = new ArrayList<>();
        for (ByteString path : paths) {
            for (ByteString upper : seen) {
                if (upper.equals(path) || Paths.isBelow(path, upper)) {
                    return Optional.of(new Failure.UnplayableTree(log, upper, path));
                }
            }
            seen.removeIf(other -> !path.startsWith(other));
            seen.add(path);
        }
        return Optional.empty();
    }
}
