use super::cipher::{Cipher, Message};
use super::keys::Stream;
use super::{MasterKeys, Opener, Profile, Replay, Sealer};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.map(|pair| u8::from_str_radix(&pair, 16).unwrap()).collect()
}

/// The keys of one side, with which the other opens what it sends.
fn keys(profile: Profile) -> MasterKeys {
    let exported: Vec<u8> = match profile {
        Profile::Aes128CmSha1 => (0..60).collect(),
        Profile::Aes128Gcm => (0..56).collect(),
        Profile::Aes256Gcm => (0..88).collect(),
    };
    let [client, _] = MasterKeys::split(profile, &exported).unwrap();
    client
}

const PROFILES: [Profile; 3] = [Profile::Aes128CmSha1, Profile::Aes128Gcm, Profile::Aes256Gcm];

/// RFC 3711, B.3: session keys, seen in what they encrypt and sign.
#[test]
fn session_keys_are_derived_as_the_rfc_says() {
    let exported = bytes(
        "E1F97A0D3E018BE0D64FA32C06DE4139 00000000000000000000000000000000
         0EC675AD498AFEEBB6960B3AABE6 0000000000000000000000000000",
    );
    let [keys, _] = MasterKeys::split(Profile::Aes128CmSha1, &exported).unwrap();
    let derived = keys.cipher(Stream::Rtp).unwrap();
    let mut salt = [0; 14];
    salt.copy_from_slice(&bytes("30CBBC08863D8C85D49DB34A9AE1"));
    let known = Cipher::counter_mode(
        &bytes("C61E7A93744F39EE10734AFE3FF7A087"),
        &bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"),
        salt,
    )
    .unwrap();
    let seal = |cipher: Cipher| {
        let (mut packet, message) = (
            vec![7; 50],
            Message {
                ssrc: 9,
                index: 70_000,
            },
        );
        cipher.seal_rtp(message, 12, &mut packet).unwrap();
        packet
    };
    assert_eq!(seal(derived), seal(known));
}

/// RFC 7714, 16.1.1.
#[test]
fn audio_is_encrypted_as_the_rfc_says() {
    let mut salt = [0; 14];
    salt[..12].copy_from_slice(b"Quid pro quo");
    let cipher = Cipher::gcm(&bytes("000102030405060708090a0b0c0d0e0f"), salt).unwrap();
    let header = bytes("8040f17b8041f8d35501a0b2");
    let mut packet = [&header[..], b"Gallia est omnis divisa in partes tres"].concat();
    let message = Message {
        ssrc: 0x5501_a0b2,
        index: 0xf17b,
    };
    cipher.seal_rtp(message, 12, &mut packet).unwrap();
    let sealed = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833
         899d7f27beb16a9152cf765ee4390cce";
    assert_eq!(packet[12..], bytes(sealed));
}

/// RFC 3711, B.2: the keystream of AES in counter mode.
#[test]
fn counter_mode_is_as_the_rfc_says() {
    let mut salt = [0; 14];
    salt.copy_from_slice(&bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
    let key = bytes("2B7E151628AED2A6ABF7158809CF4F3C");
    let cipher = Cipher::counter_mode(&key, &[0; 20], salt).unwrap();
    let mut packet = vec![0; 48];
    let message = Message { ssrc: 0, index: 0 };
    cipher.seal_rtp(message, 0, &mut packet).unwrap();
    let stream = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
         41E95B3BB0A2E8DD477901E4FCA894C0";
    assert_eq!(packet[..48], bytes(stream));
}

#[test]
fn what_one_side_seals_the_other_opens_once() {
    for profile in PROFILES {
        let (mut sealer, mut opener) = (
            Sealer::new(&keys(profile)).unwrap(),
            Opener::new(&keys(profile)).unwrap(),
        );
        let mut replay = Replay::default();
        for index in [65_535, 65_536, 65_537_u64] {
            let mut packet = vec![0x80; 12];
            packet.extend(index.to_be_bytes());
            sealer.seal_rtp(5, index, 12, &mut packet).unwrap();
            let mut open = |packet: &mut [u8]| {
                opener
                    .open_rtp(&mut replay, (5, index as u16), 12, packet)
                    .map(<[u8]>::to_vec)
            };
            assert_eq!(
                open(&mut packet.clone()),
                Some(index.to_be_bytes().to_vec()),
                "{profile:?}"
            );
            assert_eq!(open(&mut packet), None, "{profile:?}: a replay");
        }
        let report = [0x80, 201, 0, 2, 0, 0, 0, 5, 1, 2, 3, 4];
        for _ in 0..3 {
            let mut packet = report.to_vec();
            sealer.seal_rtcp(&mut packet).unwrap();
            assert_ne!(packet.get(8..12), report.get(8..12));
            assert_eq!(
                opener.open_rtcp(&mut packet.clone()),
                Some(&report[..]),
                "{profile:?}"
            );
            assert_eq!(opener.open_rtcp(&mut packet), None, "{profile:?}: a replay");
        }
    }
}

#[test]
fn nothing_that_was_changed_is_opened() {
    for profile in PROFILES {
        let (mut sealer, mut opener) = (
            Sealer::new(&keys(profile)).unwrap(),
            Opener::new(&keys(profile)).unwrap(),
        );
        let mut audio = vec![0x80; 40];
        sealer.seal_rtp(5, 6, 12, &mut audio).unwrap();
        let mut report = [&[0x80, 201, 0, 2, 0, 0, 0, 5][..], &[1; 12]].concat();
        sealer.seal_rtcp(&mut report).unwrap();
        for bit in 0..8 * audio.len() {
            let mut changed = audio.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let opened = opener.open_rtp(&mut Replay::default(), (5, 6), 12, &mut changed);
            assert_eq!(opened, None, "{profile:?} {bit}");
        }
        for bit in 0..8 * report.len() {
            let mut changed = report.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opener.open_rtcp(&mut changed), None, "{profile:?} {bit}");
        }
        for length in 0..report.len() {
            let (mut short, mut cut) = (audio[..length].to_vec(), report[..length].to_vec());
            let opened = opener.open_rtp(&mut Replay::default(), (5, 6), 12, &mut short);
            assert_eq!(
                (opened, opener.open_rtcp(&mut cut)),
                (None, None),
                "{profile:?} {length}"
            );
        }
        assert!(
            opener.open_rtcp(&mut report).is_some(),
            "what is genuine still comes"
        );
    }
}

#[test]
fn keys_of_another_length_are_refused() {
    for profile in PROFILES {
        assert!(MasterKeys::split(profile, &[0; 57]).is_none());
    }
}
