//! Measures the local language model: `llm_speed requantise SOURCE TARGET` and `llm_speed run FILE`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use troupe_inference::llm::{Llm, Options, Role, Stats, THREADS_DEFAULT, ensure_threads, requantise};

const ROUNDS: u32 = 5;
const SYSTEM: &str = "You are Ada, the keeper of a lighthouse: dry, precise, kind. You talk aloud with a visitor \
    and with Boris, a baker. Answer in one or two short spoken sentences.";

fn main() -> Result<(), Box<dyn Error>> {
    ensure_threads(THREADS_DEFAULT)?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["requantise", source, target] => {
            let started = Instant::now();
            requantise(Path::new(source), Path::new(target), &mut |_, _| {})?;
            println!("requantised in {:?}, {}", started.elapsed(), memory("VmHWM"));
        }
        ["run", file] => run(Path::new(file))?,
        _ => println!("usage: llm_speed requantise SOURCE TARGET | llm_speed run FILE"),
    }
    Ok(())
}

fn run(file: &Path) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let mut llm = Llm::load(file)?;
    println!(
        "load {:?}, {} {}",
        started.elapsed(),
        memory("VmRSS"),
        memory("VmHWM")
    );
    let filler = "The night was calm and the lamp turned slowly over the water. ".repeat(12);
    for round in 0..ROUNDS {
        // A new first word each round, so that nothing is cached.
        let system = format!("{round}. {SYSTEM}");
        let question = format!("{filler} What did you see?");
        let mut messages = vec![(Role::System, system.as_str()), (Role::User, question.as_str())];
        let (first, answer) = ask(&mut llm, &messages)?;
        report("first turn", &first);
        messages.push((Role::Assistant, answer.as_str()));
        messages.push((Role::User, "And how does a bridge of steel stay up in the wind?"));
        let (next, _) = ask(&mut llm, &messages)?;
        report("next turn", &next);
    }
    println!("{} {}", memory("VmRSS"), memory("VmHWM"));
    Ok(())
}

fn ask(llm: &mut Llm, messages: &[(Role, &str)]) -> Result<(Stats, String), Box<dyn Error>> {
    let options = Options {
        tokens_max: 32,
        ..Options::default()
    };
    let mut answer = String::new();
    let before = cpu_ms();
    let stats = llm.generate(messages, &options, &AtomicBool::new(false), &mut |text| {
        answer.push_str(text);
        ControlFlow::Continue(())
    })?;
    println!("CPU {} ms", cpu_ms() - before);
    Ok((stats, answer))
}

fn report(what: &str, stats: &Stats) {
    let new = stats.prompt_tokens - stats.cached_tokens;
    println!(
        "{what}: {} tokens, {} cached, prefill {:?} ({:.1} tok/s), decode {} ({:.1} tok/s)",
        stats.prompt_tokens,
        stats.cached_tokens,
        stats.prefill,
        new as f64 / stats.prefill.as_secs_f64(),
        stats.answer_tokens,
        stats.answer_tokens as f64 / stats.decode.as_secs_f64(),
    );
}

fn memory(field: &str) -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find(|line| line.starts_with(field))
        .unwrap_or("memory unknown")
        .to_owned()
}

/// Processor time of the process in milliseconds, at the usual 100 ticks a second.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    stat.split(' ')
        .skip(13)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}
