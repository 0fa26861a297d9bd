use super::PeerConnectionFactory;
use crate::{
    audio_source::{
        AudioSourceOptions, DEFAULT_NUM_CHANNELS, DEFAULT_SAMPLE_RATE, native::NativeAudioSource,
    },
    audio_track::RtcAudioTrack,
    video_source::native::NativeVideoSource,
    video_track::RtcVideoTrack,
};

/// Declares the device calls of the official trait with the one answer they have here.
macro_rules! without_devices {
    ($($name:ident($($argument:ident: $kind:ty),*) $(-> $result:ty = $answer:expr)?;)+) => {
        /// Tracks, and the audio devices of the machine, of which this stack knows none.
        #[expect(missing_docs, reason = "calls about devices, all with the same answer: there are none")]
        pub trait PeerConnectionFactoryExt {
            /// A track of video; it cannot be published.
            fn create_video_track(&self, label: &str, source: NativeVideoSource) -> RtcVideoTrack;
            /// A track fed by `source`, with `label` as its id.
            fn create_audio_track(&self, label: &str, source: NativeAudioSource) -> RtcAudioTrack;
            /// A track of the microphone: silent, there is none.
            fn create_device_audio_track(&self, label: &str) -> RtcAudioTrack;
            $(fn $name(&self $(, $argument: $kind)*) $(-> $result)?;)+
        }

        impl PeerConnectionFactoryExt for PeerConnectionFactory {
            fn create_video_track(&self, label: &str, _source: NativeVideoSource) -> RtcVideoTrack {
                RtcVideoTrack::new(label.to_owned())
            }

            fn create_audio_track(&self, label: &str, source: NativeAudioSource) -> RtcAudioTrack {
                RtcAudioTrack::local(label, source.source)
            }

            fn create_device_audio_track(&self, label: &str) -> RtcAudioTrack {
                let options = AudioSourceOptions::default();
                let silent = NativeAudioSource::new(options, DEFAULT_SAMPLE_RATE, DEFAULT_NUM_CHANNELS, 0);
                self.create_audio_track(label, silent)
            }

            $(fn $name(&self $(, $argument: $kind)*) $(-> $result)? {
                $(let _ = $argument;)*
                $($answer)?
            })+
        }
    };
}

without_devices! {
    playout_devices() -> i16 = 0;
    recording_devices() -> i16 = 0;
    playout_device_name(index: u16) -> String = String::new();
    recording_device_name(index: u16) -> String = String::new();
    playout_device_guid(index: u16) -> String = String::new();
    recording_device_guid(index: u16) -> String = String::new();
    set_playout_device(index: u16) -> bool = false;
    set_recording_device(index: u16) -> bool = false;
    set_playout_device_by_guid(guid: &str) -> bool = false;
    set_recording_device_by_guid(guid: &str) -> bool = false;
    stop_recording() -> bool = false;
    init_recording() -> bool = false;
    start_recording() -> bool = false;
    recording_is_initialized() -> bool = false;
    stop_playout() -> bool = false;
    init_playout() -> bool = false;
    start_playout() -> bool = false;
    playout_is_initialized() -> bool = false;
    builtin_aec_is_available() -> bool = false;
    builtin_agc_is_available() -> bool = false;
    builtin_ns_is_available() -> bool = false;
    enable_builtin_aec(enable: bool) -> bool = false;
    enable_builtin_agc(enable: bool) -> bool = false;
    enable_builtin_ns(enable: bool) -> bool = false;
    set_adm_recording_enabled(enabled: bool);
    adm_recording_enabled() -> bool = false;
    set_adm_playout_enabled(enabled: bool);
    adm_playout_enabled() -> bool = false;
    acquire_platform_adm() -> bool = false;
    release_platform_adm();
    platform_adm_ref_count() -> i32 = 0;
    is_platform_adm_active() -> bool = false;
}
