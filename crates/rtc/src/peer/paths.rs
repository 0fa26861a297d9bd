//! The ways to the other side: candidates of both, and what has to be opened for them.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Instant,
};

use str0m::{
    Candidate, CandidateKind,
    net::{Protocol, TcpType},
};

use super::{Event, engine::Engine, ice::IceInput, pairs, setup, spares::Spares, wire::Way};
use crate::{
    jsep::IceCredentials,
    net::{Carrier, IceConfig, LinkEvent, Policy, host_addresses},
};

/// Remote candidates kept; a server has a handful.
const REMOTE_MAX: usize = 64;

/// Candidates of our own beside the sockets' addresses: each STUN server and relay gives one a socket.
const GATHERED_MAX: usize = 32;

/// The port RFC 6544 writes for a side that only connects.
const ACTIVE_PORT: u16 = 9;

/// What is known of the ways.
#[derive(Debug, Default)]
pub(super) struct Paths {
    config: IceConfig,
    pub(super) remote: Vec<Candidate>,
    /// Server-reflexive and relayed ones of ours.
    gathered: Vec<Candidate>,
    /// A description was set, so the application can take candidates now.
    described: bool,
    /// UDP did not do it: TCP and relays are tried as well.
    pub(super) all_open: bool,
}

impl Paths {
    /// What kind a gathered candidate of ours is.
    pub(super) fn kind_of(&self, address: SocketAddr) -> Option<CandidateKind> {
        let own = self.gathered.iter().find(|candidate| candidate.addr() == address);
        own.map(Candidate::kind)
    }
}

impl Engine {
    /// Takes over servers and policy.
    pub(super) fn configure(&mut self, config: IceConfig) {
        if config == self.paths.config {
            return;
        }
        self.paths.config = config;
        match self.paths.config.policy {
            Policy::All => self.links.ask_servers(&self.paths.config),
            Policy::RelayOnly => self.links.open_relays(&self.paths.config, Instant::now()),
        }
    }

    /// All candidates of ours that the policy allows.
    pub(super) fn own_candidates(&self) -> Vec<Candidate> {
        let is_allowed = |candidate: &Candidate| match self.paths.config.policy {
            Policy::All => true,
            Policy::RelayOnly => candidate.kind() == CandidateKind::Relayed,
        };
        let hosts = self.links.udp_addresses().filter_map(setup::host_candidate);
        hosts
            .chain(self.paths.gathered.iter().cloned())
            .filter(is_allowed)
            .collect()
    }

    /// A server told something of us.
    pub(super) fn gathered(&mut self, event: LinkEvent) {
        let candidate = match event {
            LinkEvent::Reflexive { address, base } => Candidate::server_reflexive(address, base, "udp"),
            LinkEvent::Relayed { address, local } => {
                let now = Instant::now();
                for candidate in &self.paths.remote {
                    self.links.permit(candidate.addr().ip(), now);
                }
                Candidate::relayed(address, local, "udp")
            }
            LinkEvent::Packet(_) => return,
        };
        let Ok(candidate) = candidate else { return };
        if self.paths.gathered.len() < GATHERED_MAX && !self.paths.gathered.contains(&candidate) {
            self.paths.gathered.push(candidate.clone());
            self.announce(candidate);
        }
    }

    /// Tells both the transport and the application of a candidate of ours, once they can take it.
    fn announce(&mut self, candidate: Candidate) {
        let text = candidate.to_sdp_string();
        if let Some(rtc) = &mut self.rtc {
            rtc.add_local_candidate(candidate);
        }
        if self.paths.described {
            (self.events)(Event::Candidate(text));
        }
    }

    /// A description was set: the application gets the candidates that were gathered before.
    pub(super) fn tell_gathered(&mut self) {
        if std::mem::replace(&mut self.paths.described, true) {
            return;
        }
        for candidate in &self.paths.gathered {
            (self.events)(Event::Candidate(candidate.to_sdp_string()));
        }
    }

    /// The network may have changed: sockets on addresses that are gone go, new ones come.
    pub(super) fn refresh_addresses(&mut self) {
        for address in self.links.refresh(&host_addresses()) {
            if self.paths.config.policy == Policy::All
                && let Some(candidate) = setup::host_candidate(address)
            {
                (self.events)(Event::Candidate(candidate.to_sdp_string()));
            }
        }
    }

    /// Gives the transport all candidates known: some come before it starts or restarts. Those of an
    /// earlier generation say so by their user name fragment, and are left out by ICE itself.
    pub(super) fn pair_again(&mut self) {
        let known: Vec<Candidate> = self
            .paths
            .remote
            .iter()
            .filter(|c| c.proto() == Protocol::Udp)
            .cloned()
            .collect();
        for candidate in known {
            self.reach_loopback(candidate.addr().ip());
            if let Some(rtc) = &mut self.rtc {
                rtc.add_remote_candidate(candidate);
            }
        }
    }

    pub(super) fn add_candidate(&mut self, text: &str) {
        let Ok(candidate) = Candidate::from_sdp_string(text) else {
            tracing::debug!("leave out a candidate that cannot be read");
            return;
        };
        if self.paths.remote.len() >= REMOTE_MAX || self.paths.remote.contains(&candidate) {
            return;
        }
        self.paths.remote.push(candidate.clone());
        if candidate.proto() == Protocol::Udp {
            self.reach_loopback(candidate.addr().ip());
            self.links.permit(candidate.addr().ip(), Instant::now());
            if let Some(rtc) = &mut self.rtc {
                rtc.add_remote_candidate(candidate);
            }
        } else if self.paths.all_open {
            self.open_tcp();
        }
    }

    /// A server on this machine is reached from its loopback address, which is not offered to others.
    fn reach_loopback(&mut self, remote: IpAddr) {
        let loopback = match remote {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        };
        if remote != loopback
            || self.paths.config.policy == Policy::RelayOnly
            || self.links.udp_addresses().any(|a| a.ip() == loopback)
        {
            return;
        }
        let opened = self.links.open_udp(loopback).ok();
        if let Some(candidate) = opened.and_then(setup::host_candidate) {
            self.announce(candidate);
        }
    }

    /// UDP did not do it: opens TCP connections and relays.
    pub(super) fn open_all(&mut self, now: Instant) {
        self.paths.all_open = true;
        self.links.open_relays(&self.paths.config, now);
        if self.paths.config.policy == Policy::All {
            self.open_tcp();
        }
    }

    /// Every address of ours may connect to every TCP candidate.
    fn open_tcp(&mut self) {
        let Some(rtc) = &mut self.rtc else { return };
        let passive = self.paths.remote.iter().filter(|c| c.proto() == Protocol::Tcp);
        let passive: Vec<Candidate> = passive
            .filter(|c| c.tcptype() != Some(TcpType::Active))
            .cloned()
            .collect();
        if passive.is_empty() {
            return;
        }
        for address in self.links.udp_addresses() {
            let from = SocketAddr::new(address.ip(), ACTIVE_PORT);
            let candidate = Candidate::builder()
                .tcp()
                .host(from)
                .tcptype(TcpType::Active)
                .build();
            if let Ok(candidate) = candidate {
                rtc.add_local_candidate(candidate);
            }
        }
        for candidate in passive {
            rtc.add_remote_candidate(candidate);
        }
    }

    /// Fresh credentials, and every candidate pair anew.
    pub(super) fn restart(&mut self, local: &IceCredentials, remote: &IceCredentials) {
        let before = self.own_candidates();
        self.refresh_addresses();
        let own = self.own_candidates();
        let Some(rtc) = &mut self.rtc else { return };
        let mut api = rtc.direct_api();
        for candidate in self.paths.remote.iter().chain(&before) {
            api.invalidate_candidate(candidate);
        }
        api.set_local_ice_credentials(setup::credentials(local));
        api.set_remote_ice_credentials(setup::credentials(remote));
        for candidate in own {
            rtc.add_local_candidate(candidate);
        }
        self.paths.all_open = false;
        self.paths
            .remote
            .retain(|c| c.ufrag().is_none_or(|ufrag| ufrag == remote.ufrag));
        self.pair_again();
        self.spares = Spares::new(Instant::now());
        self.ice_input(IceInput::Restarted);
    }

    /// Packets are to be sent this way.
    pub(super) fn on_way(&mut self, way: Way) {
        self.wire.on_way(way);
        // Beside a stream or a relay a better way may come up any time.
        let is_direct =
            way.carrier == Carrier::Udp && self.links.udp_addresses().any(|own| own == way.source);
        self.spares.on_way(Instant::now(), is_direct.then_some(way));
    }

    /// Has one way checked alone. The sockets stay: whoever comes there is heard.
    pub(super) fn give_up_spares(&mut self, way: Way) {
        let own = self.own_candidates();
        if let Some(rtc) = &mut self.rtc {
            pairs::give_up(rtc, way, &own, &self.paths.remote);
        }
    }

    /// Has the others checked as well again.
    pub(super) fn take_up_spares(&mut self, way: Way) {
        let own = self.own_candidates();
        if let Some(rtc) = &mut self.rtc {
            pairs::take_up(rtc, way, own);
            self.pair_again();
        }
    }
}
