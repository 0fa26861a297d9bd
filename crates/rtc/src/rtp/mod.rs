//! Packets of audio and reports, decrypted (RTP and RTCP: RFC 3550).

mod feedback;
mod header;
mod missing;
mod reception;
mod report;

pub use feedback::{Asked, Feedback, is_report, read_feedback};
pub use header::{HeaderExtensions, LEVEL_EXTENSION, MID_EXTENSION, Outline, RtpHeader, without_padding};
pub use missing::Missing;
pub use reception::{Reception, round_trip};
pub use report::{
    Block, REPORT_BLOCKS_MAX, SenderTime, Sent, WallClock, write_asked, write_description, write_goodbye,
    write_report,
};
