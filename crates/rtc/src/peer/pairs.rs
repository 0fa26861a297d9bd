//! Which pairs of candidates ICE has to check.

use str0m::{Candidate, CandidateKind, Rtc};

use super::wire::Way;

/// Whether a candidate of ours is one beside a way. Server-reflexive ones have no pair: it would be their socket's.
fn is_spare(own: &Candidate, way: Way) -> bool {
    own.kind() != CandidateKind::ServerReflexive && own.addr() != way.source
}

/// Gives up the pairs beside a way.
pub(super) fn give_up(rtc: &mut Rtc, way: Way, own: &[Candidate], remote: &[Candidate]) {
    let mut api = rtc.direct_api();
    let own = own.iter().filter(|candidate| is_spare(candidate, way));
    let remote = remote
        .iter()
        .filter(|candidate| candidate.addr() != way.destination);
    for candidate in own.chain(remote) {
        api.invalidate_candidate(candidate);
    }
}

/// Lets candidates of ours beside a way be paired again, with the remote ones that there are.
pub(super) fn take_up(rtc: &mut Rtc, way: Way, own: Vec<Candidate>) {
    for candidate in own.into_iter().filter(|candidate| is_spare(candidate, way)) {
        rtc.add_local_candidate(candidate);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use str0m::net::{Protocol, Receive};
    use str0m::{Input, Output};

    use super::*;
    use crate::jsep::Start;
    use crate::net::Carrier;
    use crate::peer::setup::{self, Certificate};
    use crate::peer::tap::{self, Tap};

    /// One end: what it is, where it would send audio, and the checks it has sent since that was last asked.
    struct End {
        rtc: Rtc,
        own: Vec<Candidate>,
        tap: Arc<Tap>,
        way: Option<Way>,
        checks: Vec<(SocketAddr, SocketAddr)>,
    }

    fn address(host: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, host], 9_000))
    }

    /// The first of two ends has the candidates with these last numbers, the other those.
    fn ends(hosts: [&[u8]; 2]) -> [End; 2] {
        let certificates = [(); 2].map(|()| Certificate::generate().unwrap());
        let credentials = [(); 2].map(|()| setup::ice_credentials());
        let candidates = hosts.map(|hosts| {
            hosts
                .iter()
                .filter_map(|host| setup::host_candidate(address(*host)))
                .collect::<Vec<_>>()
        });
        [0, 1].map(|own| {
            let other = 1 - own;
            let start = Start {
                local_ice: credentials[own].clone(),
                remote_ice: credentials[other].clone(),
                fingerprint: certificates[other].fingerprint(),
                ice_controlling: own == 0,
                dtls_active: own == 0,
                cname: String::new(),
            };
            let tap = Arc::new(Tap::default());
            let mut rtc = setup::build(&certificates[own], &tap, &candidates[own], &start).unwrap();
            for candidate in &candidates[other] {
                rtc.add_remote_candidate(candidate.clone());
            }
            End {
                rtc,
                own: candidates[own].clone(),
                tap,
                way: None,
                checks: Vec::new(),
            }
        })
    }

    impl End {
        /// What it sends by now.
        fn sends(&mut self, now: Instant) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
            self.tap.ask_way();
            self.rtc.handle_input(Input::Timeout(now)).unwrap();
            let mut sent = Vec::new();
            loop {
                match self.rtc.poll_output().unwrap() {
                    Output::Timeout(_) => return sent,
                    Output::Event(_) => {}
                    Output::Transmit(packet) => {
                        let (source, destination) = (packet.source, packet.destination);
                        if tap::is_way(&packet.contents) {
                            self.way = Some(Way {
                                carrier: Carrier::Udp,
                                source,
                                destination,
                            });
                            continue;
                        }
                        if packet.contents.starts_with(&[0, 1]) {
                            self.checks.push((source, destination));
                        }
                        sent.push((source, destination, packet.contents.to_vec()));
                    }
                }
            }
        }
    }

    /// Lets time pass; nothing comes through to or from the address that is shut.
    fn pass(ends: &mut [End; 2], now: &mut Instant, time: Duration, shut: Option<SocketAddr>) {
        let end = *now + time;
        while *now < end {
            *now += Duration::from_millis(10);
            for from in [0, 1] {
                for (source, destination, packet) in ends[from].sends(*now) {
                    if shut.is_none_or(|shut| shut != source && shut != destination) {
                        let packet = Receive::new(Protocol::Udp, source, destination, &packet).unwrap();
                        ends[1 - from]
                            .rtc
                            .handle_input(Input::Receive(*now, packet))
                            .unwrap();
                    }
                }
            }
        }
    }

    #[test]
    fn a_way_is_checked_alone_and_left_when_it_is_shut() {
        let mut ends = ends([&[1, 2], &[3, 4]]);
        let mut now = Instant::now();
        pass(&mut ends, &mut now, Duration::from_secs(5), None);
        let way = ends[0].way.unwrap();
        let other = ends[1].way.unwrap();
        assert_eq!((way.source, way.destination), (other.destination, other.source));
        let checked = |ends: &mut [End; 2]| {
            let checks = ends.each_mut().map(|end| std::mem::take(&mut end.checks));
            checks.map(|checks| {
                checks.iter().any(|pair| {
                    *pair != (way.source, way.destination) && *pair != (way.destination, way.source)
                })
            })
        };
        assert_eq!(checked(&mut ends), [true; 2]);
        let remote = ends[1].own.clone();
        let own = ends[0].own.clone();
        give_up(&mut ends[0].rtc, way, &own, &remote);
        pass(&mut ends, &mut now, Duration::from_secs(1), None);
        ends[0].checks.clear();
        pass(&mut ends, &mut now, Duration::from_secs(30), None);
        assert_eq!(ends[0].way, Some(way));
        assert!(!checked(&mut ends)[0]);

        pass(&mut ends, &mut now, Duration::from_secs(8), Some(way.source));
        take_up(&mut ends[0].rtc, way, own);
        for candidate in remote {
            ends[0].rtc.add_remote_candidate(candidate);
        }
        pass(&mut ends, &mut now, Duration::from_secs(30), Some(way.source));
        let after = ends[0].way.unwrap();
        assert_ne!(after.source, way.source);
        assert_eq!(ends[1].way.map(|way| way.destination), Some(after.source));
    }
}
