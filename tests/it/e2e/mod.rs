//! End to end: a real livekit-server, our own binary as one process tree, scripted models, and the official
//! Python client as the person.
//!
//! - `room`: two characters and a person; late joiners and leavers; failing models
//! - `ambience`: what a room's place sounds like, to whom is in it
//! - `assigned`: a role-play and an interview, from create to finished
//! - `bench`: the measurements of `troupe bench` that need a room
//! - `book`: every command that the book shows
//! - `budget`: a room that used up what it may cost
//! - `console`: a talk at the terminal, with recordings and lines
//! - `demo`: the demo command, from nothing to its recording
//! - `dispatch`: jobs of LiveKit's own dispatch, without the Rooms API
//! - `doctor`: what the doctor says of a machine where all is well
//! - `fleet`: workers that die, stand still, are cut off or told to stop, and rooms that panic
//! - `live`: live rooms and RoomService tell the same; people come and are removed
//! - `livekit_events`: a LiveKit server that tells us what happens
//! - `memory`: a talk that is longer than a prompt
//! - `metrics`: what Prometheus is told
//! - `providers`: models that fail while people talk
//! - `realtime`: a model that hears and speaks by itself, in a room with one that does not
//! - `respondent`, `stage`, `operator`: the pages in a real Chromium, which `browser` drives
//! - `recording`: files of what was said
//! - `reload`: character files that change under a running `troupe dev`
//! - `scene`: a scene that plays by itself, and a person who cuts in
//! - `sdks`: LiveKit's SDKs for Python and Node, with our tokens
//! - `logs`: what must never be in a log
//! - `tools`: a character that looks something up while people wait
//! - `traces`: one trace a turn, to a collector that is there and to one that is not
//! - `vendors`: a person who is listened to while they speak, and a character who speaks in one context
//! - `harness`, `models`, `person`: what they stand on

mod agents;
mod ambience;
mod assigned;
mod bench;
mod book;
mod browser;
mod budget;
mod console;
mod demo;
mod dispatch;
mod doctor;
mod fleet;
mod harness;
mod live;
mod livekit_events;
mod logs;
mod memory;
mod metrics;
mod models;
mod operator;
mod person;
mod previews;
mod providers;
mod realtime;
mod recording;
mod reload;
mod respondent;
mod room;
mod scene;
mod sdks;
mod stage;
mod tools;
mod traces;
mod vendors;
