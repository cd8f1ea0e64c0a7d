//! The message loop (ADP-1 to ADP-6).

use crate::implementation::{Failure, Implementation};
use crate::step::Step;
use crate::world::World;
use serde_json::{json, Value};
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::ExitCode;

/// The version of the protocol that the kit speaks.
const PROTOCOL: i64 = 1;

/// Serves standard input and output until `bye`, or until the input ends.
pub fn serve(implementation: &mut dyn Implementation) -> ExitCode {
    let input = io::stdin().lock();
    match serve_on(implementation, input, io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("adapter: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves any input and output.
pub fn serve_on(
    implementation: &mut dyn Implementation,
    input: impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    for line in input.lines() {
        let request: Value = serde_json::from_str(&line?)?;
        let mut text = serde_json::to_vec(&answer(implementation, &request))?;
        text.push(b'\n');
        output.write_all(&text)?;
        output.flush()?;
        if request.get("bye").is_some() {
            break;
        }
    }
    Ok(())
}

/// The answer to one request.
pub fn answer(implementation: &mut dyn Implementation, request: &Value) -> Value {
    let mut answer = if let Some(hello) = request.get("hello") {
        greet(implementation, hello)
    } else if let Some(scenario) = request.get("run") {
        // A defect of the implementation is told as one, and the adapter goes on (ADP-5).
        let run = AssertUnwindSafe(|| run(implementation, scenario));
        catch_unwind(run).unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied());
            json!({"broke": text.unwrap_or("a panic")})
        })
    } else if request.get("bye").is_some() {
        json!({"bye": {}})
    } else {
        json!({"unsupported": "a request of this kind"})
    };
    answer["id"] = request.get("id").cloned().unwrap_or_default();
    answer
}

fn greet(implementation: &dyn Implementation, hello: &Value) -> Value {
    let bound = |name| hello["protocol"][name].as_i64();
    let least = bound("least").unwrap_or(PROTOCOL);
    let most = bound("most").unwrap_or(PROTOCOL);
    if !(least..=most).contains(&PROTOCOL) {
        return json!({"unsupported": format!("only version {PROTOCOL} of the protocol")});
    }
    let info = implementation.info();
    json!({"hello": {
        "protocol": PROTOCOL,
        "implementation": info.implementation,
        "version": info.version,
        "language": "rust",
        "revision": info.revision,
        "capabilities": info.capabilities,
    }})
}

fn run(implementation: &mut dyn Implementation, scenario: &Value) -> Value {
    match try_run(implementation, scenario) {
        Ok(answer) => answer,
        Err(Failure::Unsupported(what)) => json!({"unsupported": what}),
        Err(Failure::Refused(error)) => json!({"broke": format!("refused: {error}")}),
    }
}

fn try_run(implementation: &mut dyn Implementation, scenario: &Value) -> Result<Value, Failure> {
    let own_revision = implementation.info().revision;
    let revision = scenario["revision"].as_str().unwrap_or(&own_revision);
    implementation.begin(revision)?;
    let mut world = World::new(implementation);
    let mut observations = Vec::new();
    for step in scenario["steps"].as_array().into_iter().flatten() {
        let step = Step::read(step).map_err(Failure::Unsupported)?;
        observations.push(Value::Object(world.execute(step)?.members));
    }
    Ok(json!({"observations": observations, "snapshot": world.snapshot()?}))
}
