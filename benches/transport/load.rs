//! What rooms cost: this stack, the official client, the codec alone; and this stack with many rooms.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use livekit::{
    RoomOptions,
    webrtc::{
        audio_source::native::{EncodedAudio, NativeAudioSource},
        audio_stream::immediate::{ImmediateAudioStream, PcmFrame, Played},
    },
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};
use troupe::link::livekit::connect;
use troupe_rtc::opus::{Channels, Decoder, Encoded, Encoder, EncoderConfig};

use crate::{
    client,
    harness::{Server, hum, publish, publish_source, subscribed_whenever, token, tone},
    standstill::{Standstills, Watch, now_ms},
};

/// Says that this process is to be a member of the rooms; the server's URL.
pub(crate) const MEMBER: &str = "TRANSPORT_MEMBER";
const SPAN: Duration = Duration::from_secs(10);
/// Until what goes on all the time is all that goes on: ways that are not taken are checked for the first 10 s.
const SETTLE: Duration = Duration::from_secs(12);
/// Time for a member to leave all of its rooms.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);
/// What a packet holds.
const PACKET: Duration = Duration::from_millis(20);

/// Processor time of a process so far, in seconds.
fn processor_s(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

/// Processor time of the whole machine so far that was spent on something, and that was due but kept back by what the
/// machine itself runs on, in seconds (proc(5), `/proc/stat`).
fn machine_s() -> [f64; 2] {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let ticks: Vec<f64> = stat
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .skip(1)
        .map(|ticks| ticks.parse().unwrap())
        .collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, stolen] = ticks[..8] else {
        unreachable!("as many as were asked for");
    };
    [user + nice + system + irq + softirq, stolen].map(|ticks| ticks / 100.0)
}

/// Datagrams so far that the machine dropped because nobody had taken those before them (`/proc/net/snmp`): they come
/// again when they are asked for, which takes longer than a frame may.
fn datagrams_dropped() -> u64 {
    let counts = fs::read_to_string("/proc/net/snmp").unwrap();
    let mut lines = counts.lines().filter_map(|line| line.strip_prefix("Udp: "));
    let [names, values] = [(); 2].map(|()| lines.next().unwrap().split_whitespace());
    let dropped = names
        .zip(values)
        .filter(|(name, _)| matches!(*name, "RcvbufErrors" | "SndbufErrors"));
    dropped.map(|(_, count)| count.parse::<u64>().unwrap()).sum()
}

fn resident_mb(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

pub(crate) fn machine_load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap().trim().to_owned()
}

/// Whether processes that do not ask for it get memory in huge pages: `always`, or `madvise` and `never` (the kernel's
/// `admin-guide/mm/transhuge`).
pub(crate) fn huge_pages() -> String {
    let choice = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    let chosen = choice.split(['[', ']']).nth(1);
    chosen.unwrap_or("not known").to_owned()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What a child process does in its rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Speaks and listens.
    Voices,
    /// Speaks what was encoded beforehand, and listens.
    Density,
    /// Speaks what was encoded beforehand, and listens in one room of ten; in the others it subscribes to nothing,
    /// so that the processors are there for who is measured.
    Crowd,
}

impl Part {
    const ALL: [Self; 3] = [Self::Voices, Self::Density, Self::Crowd];

    const fn name(self) -> &'static str {
        match self {
            Self::Voices => "voices",
            Self::Density => "density",
            Self::Crowd => "crowd",
        }
    }

    fn listens_in(self, room: usize) -> bool {
        self != Self::Crowd || room.is_multiple_of(10)
    }
}

/// A frame is late when it comes so long after it could have, ms.
const LATE_MS: u64 = 20;
/// Late frames of one such span have one cause, ms.
const MOMENT_MS: u64 = 100;

/// How late frames come, beside the quickest of late: counted by milliseconds, so that no frame is kept.
#[derive(Default)]
struct Lateness(Mutex<Delays>);

#[derive(Default)]
struct Delays {
    by_ms: BTreeMap<u64, u64>,
    /// When frames were late, in moments since the epoch.
    moments: BTreeSet<u64>,
}

impl Lateness {
    fn note(&self, frame: &PcmFrame) {
        let Some(capture) = frame.capture.filter(|_| frame.kind == Played::Speech) else {
            return;
        };
        // The first half of a packet is as old as the packet is long when it comes.
        let late = capture.at.elapsed().saturating_sub(PACKET);
        let late = late.as_millis() as u64;
        let mut delays = self.0.lock().unwrap();
        *delays.by_ms.entry(late).or_default() += 1;
        if late > LATE_MS {
            delays.moments.insert(now_ms() / MOMENT_MS);
        }
    }

    /// Frames counted, the millisecond below which 99.9 % of them are, the latest one's, how many are late, and the
    /// moments in which they were.
    fn take(&self) -> Vec<u64> {
        let Delays {
            by_ms: counts,
            moments,
        } = std::mem::take(&mut *self.0.lock().unwrap());
        let total: u64 = counts.values().sum();
        let mut sum = 0;
        let most = counts.iter().find(|(_, count)| {
            sum += **count;
            sum * 1000 >= total * 999
        });
        let last = counts.last_key_value().map_or(0, |(ms, _)| *ms);
        let late = counts.range(LATE_MS + 1..).map(|(_, count)| count).sum();
        let figures = [total, most.map_or(0, |(ms, _)| *ms), last, late];
        figures.into_iter().chain(moments).collect()
    }
}

/// What the child process does: joins with every token given, speaks and listens. Each line that it reads
/// makes it tell how late frames came since the line before; at their end it leaves.
pub(crate) async fn member(url: &str) {
    let part = std::env::args().find_map(|word| Part::ALL.into_iter().find(|part| part.name() == word));
    let part = part.unwrap();
    let wave = tone(500.0, 1_000).data;
    let encoded = Arc::new(EncodedAudio::encode(&wave, EncoderConfig::default()).unwrap());
    let late = Arc::new(Lateness::default());
    let (mut connects, mut publishes, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    let tokens = std::env::args().filter(|word| word.starts_with("ey"));
    for (room_number, token) in tokens.enumerate() {
        let start = Instant::now();
        let mut options = RoomOptions::default();
        options.auto_subscribe = part.listens_in(room_number);
        let (room, mut events) = connect(url, &token, options).await.unwrap();
        connects.push(start.elapsed().as_secs_f64() * 1000.0);
        let start = Instant::now();
        if part == Part::Voices {
            let (source, _track) = publish(&room, 200).await;
            publishes.push(start.elapsed().as_secs_f64() * 1000.0);
            hum(source, 500.0);
        } else {
            publish_source(&room, NativeAudioSource::of_encoded(Arc::clone(&encoded))).await;
            publishes.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        let late = Arc::clone(&late);
        tokio::spawn(async move {
            if !part.listens_in(room_number) {
                return while events.recv().await.is_some() {};
            }
            let track = subscribed_whenever(&mut events).await;
            let mut stream = ImmediateAudioStream::new(&track.rtc_track(), 16_000, 1);
            while let Some(frame) = stream.next().await {
                late.note(&frame);
            }
        });
        kept.push(room);
    }
    println!("{} {}", median(connects), median(publishes));
    let answer = move || {
        for _ in std::io::stdin().lines() {
            let figures: Vec<String> = late.take().iter().map(u64::to_string).collect();
            println!("{}", figures.join(" "));
        }
    };
    tokio::task::spawn_blocking(answer).await.unwrap();
    join_all(kept.iter().map(|room| room.close())).await;
}

/// A child process that is in its rooms.
struct Member {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    connect_ms: f64,
    publish_ms: f64,
}

impl Member {
    /// The tokens of one member of so many rooms. No measurement has another one's rooms, where others might still be.
    fn tokens(measurement: &str, rooms: usize, who: &str) -> impl Iterator<Item = String> {
        (0..rooms).map(move |room| token(&format!("{measurement}, {rooms}: {room}"), who))
    }

    /// `None` if it did not get there.
    async fn start(command: &mut Command) -> Option<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let joined = lines.next_line().await.ok()??;
        let mut times = joined.split(' ').map(|ms| ms.parse().unwrap());
        Some(Self {
            process,
            lines,
            connect_ms: times.next().unwrap(),
            publish_ms: times.next().unwrap(),
        })
    }

    async fn ours(server: &Server, part: Part, tokens: impl Iterator<Item = String>) -> Option<Self> {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(MEMBER, &server.url).arg(part.name()).args(tokens);
        Self::start(&mut command).await
    }

    fn pid(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// Frames heard since it was last asked, and how late they were, in ms: 99.9 % of them, all of them; and how many
    /// of the late ones' moments the machine's standstills explain.
    async fn lateness(&mut self, standstills: Option<&Standstills>) -> String {
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"\n")
            .await
            .unwrap();
        let line = self.lines.next_line().await.unwrap().unwrap();
        let figures: Vec<u64> = line.split(' ').map(|figure| figure.parse().unwrap()).collect();
        let [frames, most, latest, late, moments @ ..] = &figures[..] else {
            panic!("figures are missing: {line}");
        };
        let explained = standstills.map(|standstills| {
            let span = |moment: &u64| (moment * MOMENT_MS, (moment + 1) * MOMENT_MS);
            moments
                .iter()
                .filter(|moment| standstills.explain(span(moment)))
                .count()
        });
        let explained = explained.map_or_else(String::new, |count| {
            format!(", {count} of them when the machine stood still")
        });
        format!(
            "{frames} frames, 99.9 % of them at most {most} ms late, the latest {latest} ms; {late} over {LATE_MS} ms, \
             in {} moments{explained}",
            moments.len()
        )
    }

    /// Has it leave, so that the server has nobody to miss during the next measurement.
    async fn end(mut self) {
        drop(self.process.stdin.take());
        if timeout(LEAVE_WITHIN, self.process.wait()).await.is_err() {
            println!("  (a member did not leave in time)");
            self.process.kill().await.unwrap();
        }
    }
}

/// Processor time, in percent of a core.
struct Spent<const N: usize> {
    /// By processes.
    by: [f64; N],
    /// By the rest of the machine.
    rest: f64,
    /// Kept back from the machine.
    kept_back: f64,
}

/// What is spent in the next seconds.
async fn spent_by<const N: usize>(pids: [u32; N]) -> Spent<N> {
    let before = pids.map(processor_s);
    let machine_before = machine_s();
    let start = Instant::now();
    sleep(SPAN).await;
    let passed = start.elapsed().as_secs_f64();
    let mut by = pids.map(processor_s);
    let mut machine = machine_s();
    let before = before.iter().chain(&machine_before);
    for (after, before) in by.iter_mut().chain(&mut machine).zip(before) {
        *after = (*after - before) / passed * 100.0;
    }
    let [busy, kept_back] = machine;
    Spent {
        by,
        rest: busy - by.iter().sum::<f64>(),
        kept_back,
    }
}

/// Both clients, encoding and decoding, each with one member of so many rooms. The other members speak what was
/// encoded beforehand, so that they do not fill the machine.
pub(crate) async fn measure(server: &Server, rooms: usize) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/transport/member.py");
    for name in ["this stack", "official client"] {
        let [measured, crowd] = ["a", "b"].map(|who| Member::tokens(name, rooms, who));
        let Some(crowd) = Member::ours(server, Part::Crowd, crowd).await else {
            return println!("{rooms} rooms: the crowd did not get there");
        };
        let member = match name {
            "this stack" => Member::ours(server, Part::Voices, measured).await,
            _ => {
                let mut theirs = Command::new(client::python().await);
                Member::start(theirs.args([script, &server.url]).args(measured)).await
            }
        };
        let Some(member) = member else {
            println!("{name}, {rooms} rooms: did not get there");
            continue;
        };
        sleep(SETTLE).await;
        let Spent { by, rest, kept_back } = spent_by([member.pid(), crowd.pid(), server.pid()]).await;
        let [percent, of_crowd, of_server] = by;
        println!(
            "{name}, {rooms} rooms: {percent:.1} % of a core, {:.2} % a room; {:.1} MB; connect {:.0} ms, publish \
             {:.1} ms; crowd {of_crowd:.0} %, server {of_server:.0} %, the rest of the machine {rest:.0} %, kept back \
             from it {kept_back:.1} %",
            percent / rooms as f64,
            resident_mb(member.pid()),
            member.connect_ms,
            member.publish_ms,
        );
        member.end().await;
        crowd.end().await;
    }
}

/// Many rooms of which one member is measured: it hears, decodes, and speaks what was encoded beforehand, as the
/// other one does, so that encoding does not fill the machine.
pub(crate) async fn measure_density(server: &Server, rooms: usize) {
    let [measured, crowd] = ["a", "b"].map(|who| Member::tokens("alone", rooms, who));
    let Some(mut crowd) = Member::ours(server, Part::Crowd, crowd).await else {
        return println!("{rooms} rooms: the crowd did not get there");
    };
    let Some(mut measured) = Member::ours(server, Part::Density, measured).await else {
        return println!("{rooms} rooms: did not get there");
    };
    // To start its processes takes time from those who are counted.
    let watch = Watch::start().await;
    sleep(SETTLE).await;
    measured.lateness(None).await;
    crowd.lateness(None).await;
    let (began, dropped_before) = (now_ms(), datagrams_dropped());
    let Spent { by, rest, kept_back } = spent_by([measured.pid(), crowd.pid(), server.pid()]).await;
    let [percent, of_crowd, of_server] = by;
    println!(
        "{rooms} rooms, encoded beforehand: {percent:.1} % of a core, {:.3} % a room; {:.1} MB, {:.3} MB a room; \
         crowd {of_crowd:.0} %, server {of_server:.0} %, the rest of the machine {rest:.0} %, kept back from it \
         {kept_back:.1} %",
        percent / rooms as f64,
        resident_mb(measured.pid()),
        resident_mb(measured.pid()) / rooms as f64,
    );
    let dropped = datagrams_dropped() - dropped_before;
    let standstills = watch.map(|watch| watch.standstills().since(began));
    let standstills = standstills.as_ref();
    println!("  heard there: {}", measured.lateness(standstills).await);
    println!("  heard from there: {}", crowd.lateness(standstills).await);
    match standstills {
        Some(standstills) => println!(
            "  the machine stood still {} times, for {} ms at most, and dropped {dropped} datagrams",
            standstills.count(),
            standstills.longest_ms()
        ),
        None => println!(
            "  the machine dropped {dropped} datagrams; whether it stood still is not known: that takes root, chrt and \
             taskset"
        ),
    }
    measured.end().await;
    crowd.end().await;
}

/// Encoding and decoding the same packets alone: what one connection cannot do without.
pub(crate) fn measure_codec() {
    let mut encoder = Encoder::new(EncoderConfig::default()).unwrap();
    let mut decoder = Decoder::new(Channels::Mono).unwrap();
    let pcm = tone(500.0, 20).data.into_owned();
    let mut out = vec![0; 960];
    let before = processor_s(std::process::id());
    for _ in 0..50 * 60 {
        if let Encoded::Packet(packet) = encoder.encode(&pcm).unwrap() {
            decoder.decode(packet, &mut out).unwrap();
        }
    }
    let percent = (processor_s(std::process::id()) - before) / 60.0 * 100.0;
    println!("encoding and decoding alone: {percent:.2} % of a core a connection");
}
