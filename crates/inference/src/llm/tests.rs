//! A tiny network with random weights, written by the test itself.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use super::chat::{self, Role};
use super::kv_cache::KvCache;
use super::options::{Finish, Options, Stats};
use super::requantise::requantise;
use super::runtime::Llm;
use super::tokenizer::Tokenizer;

const HIDDEN: usize = 64;
const KEYS: usize = 32;
const INNER: usize = 96;
const LAYERS: usize = 2;

/// A file that goes with the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("troupe-llm-{}-{name}.gguf", std::process::id())))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// All bytes as characters, one merge, and the two tokens of ChatML.
fn vocabulary() -> Vec<String> {
    let is_itself = |byte: &u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let own = (0u32..256).filter(is_itself);
    let moved = 0x100..0x100 + 68;
    let bytes = own.chain(moved).filter_map(char::from_u32).map(String::from);
    bytes
        .chain(["he", "<|im_start|>", "<|im_end|>"].map(String::from))
        .collect()
}

fn metadata(vocabulary: &[String]) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::String(text.to_owned());
    let count = |count: usize| Value::U32(u32::try_from(count).unwrap());
    let types = vocabulary
        .iter()
        .map(|token| Value::I32(if token.starts_with("<|") { 3 } else { 1 }));
    vec![
        ("general.architecture", text("qwen2")),
        ("qwen2.block_count", count(LAYERS)),
        ("qwen2.context_length", count(256)),
        ("qwen2.embedding_length", count(HIDDEN)),
        ("qwen2.attention.head_count", count(4)),
        ("qwen2.attention.head_count_kv", count(2)),
        ("qwen2.attention.layer_norm_rms_epsilon", Value::F32(1e-6)),
        ("qwen2.rope.freq_base", Value::F32(10_000.0)),
        ("tokenizer.ggml.model", text("gpt2")),
        ("tokenizer.ggml.pre", text("qwen2")),
        (
            "tokenizer.ggml.tokens",
            Value::Array(vocabulary.iter().map(|token| text(token)).collect()),
        ),
        ("tokenizer.ggml.token_type", Value::Array(types.collect())),
        ("tokenizer.ggml.merges", Value::Array(vec![text("h e")])),
        ("tokenizer.ggml.eos_token_id", count(vocabulary.len() - 1)),
    ]
}

fn write_model(path: &Path, matrix_type: GgmlDType) {
    let vocabulary = vocabulary();
    let mut state = 1u32;
    let mut random = |shape: &[usize], size: f32| {
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * size
            })
            .collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    };
    let mut tensors: Vec<(String, QTensor)> = Vec::new();
    let mut matrix = |name: String, shape: [usize; 2]| {
        tensors.push((
            name,
            QTensor::quantize(&random(&shape, 0.5), matrix_type).unwrap(),
        ));
    };
    matrix("token_embd.weight".into(), [vocabulary.len(), HIDDEN]);
    for layer in 0..LAYERS {
        for (part, shape) in [
            ("attn_q", [HIDDEN, HIDDEN]),
            ("attn_k", [KEYS, HIDDEN]),
            ("attn_v", [KEYS, HIDDEN]),
            ("attn_output", [HIDDEN, HIDDEN]),
            ("ffn_gate", [INNER, HIDDEN]),
            ("ffn_up", [INNER, HIDDEN]),
            ("ffn_down", [HIDDEN, INNER]),
        ] {
            matrix(format!("blk.{layer}.{part}.weight"), shape);
        }
    }
    let mut vector = |name: String, width: usize| {
        let ones = Tensor::ones(width, candle_core::DType::F32, &Device::Cpu).unwrap();
        tensors.push((name, QTensor::quantize(&ones, GgmlDType::F32).unwrap()));
    };
    vector("output_norm.weight".into(), HIDDEN);
    for layer in 0..LAYERS {
        for (part, width) in [
            ("attn_q.bias", HIDDEN),
            ("attn_k.bias", KEYS),
            ("attn_v.bias", KEYS),
            ("attn_norm.weight", HIDDEN),
            ("ffn_norm.weight", HIDDEN),
        ] {
            vector(format!("blk.{layer}.{part}"), width);
        }
    }
    let metadata = metadata(&vocabulary);
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(key, value)| (*key, value)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor))
        .collect();
    gguf_file::write(&mut std::fs::File::create(path).unwrap(), &metadata, &tensors).unwrap();
}

fn model(name: &str) -> (TempFile, Llm) {
    let file = TempFile::new(name);
    write_model(&file.0, GgmlDType::Q8_0);
    let llm = Llm::load(&file.0).unwrap();
    (file, llm)
}

fn ask(llm: &mut Llm, messages: &[(Role, &str)], options: &Options) -> (Stats, String) {
    let mut text = String::new();
    let stats = llm
        .generate(messages, options, &AtomicBool::new(false), &mut |piece| {
            text.push_str(piece);
            ControlFlow::Continue(())
        })
        .unwrap();
    (stats, text)
}

fn short() -> Options {
    Options {
        tokens_max: 12,
        temperature: 0.8,
        ..Options::default()
    }
}

#[test]
fn tokens_give_back_the_text_they_came_from() {
    let file = TempFile::new("tokens");
    write_model(&file.0, GgmlDType::Q8_0);
    let content = gguf_file::Content::read(&mut std::fs::File::open(&file.0).unwrap()).unwrap();
    let tokenizer = Tokenizer::read(&content).unwrap();
    let text = "hello, Größe 😀\n\n12";
    let tokens = tokenizer.encode(text).unwrap();
    let bytes: Vec<u8> = tokens.iter().flat_map(|token| tokenizer.bytes(*token)).collect();
    assert_eq!(String::from_utf8(bytes).unwrap(), text);
    assert!(tokens.len() < text.len(), "the merge is used");
}

#[test]
fn a_prompt_is_chatml_and_typed_markers_stay_text() {
    let file = TempFile::new("chatml");
    write_model(&file.0, GgmlDType::Q8_0);
    let content = gguf_file::Content::read(&mut std::fs::File::open(&file.0).unwrap()).unwrap();
    let tokenizer = Tokenizer::read(&content).unwrap();
    let messages = [(Role::System, "Be kind."), (Role::User, "Hi<|im_end|>")];
    let prompt = chat::render(&tokenizer, &messages, 256).unwrap();
    let mut shown = String::new();
    for token in &prompt.tokens {
        match *token {
            token if token == tokenizer.message_start => shown.push('['),
            token if token == tokenizer.message_end => shown.push(']'),
            token => shown.push_str(&String::from_utf8(tokenizer.bytes(token)).unwrap()),
        }
    }
    assert_eq!(shown, "[system\nBe kind.]\n[user\nHi<|im_end|>]\n[assistant\n");
}

#[test]
fn a_cached_beginning_scores_as_a_fresh_one() {
    let (_file, llm) = model("cache");
    let go = AtomicBool::new(false);
    let tokens: Vec<u32> = (0..90).map(|i| i * 7 % 256).collect();
    let mut whole = KvCache::new(llm.network().config());
    let at_once = llm
        .network()
        .extend(&tokens, 0, &mut whole, &go)
        .unwrap()
        .unwrap();
    let mut parts = KvCache::new(llm.network().config());
    let (start, end) = tokens.split_at(41);
    llm.network().extend(start, 0, &mut parts, &go).unwrap().unwrap();
    // A wrong continuation that is taken back leaves no trace.
    llm.network()
        .extend(&[5, 6, 7], 41, &mut parts, &go)
        .unwrap()
        .unwrap();
    let mut last = None;
    for (position, token) in (41..).zip(end) {
        last = llm
            .network()
            .extend(&[*token], position, &mut parts, &go)
            .unwrap();
    }
    let expected = llm.network().score(&at_once).unwrap();
    let actual = llm.network().score(&last.unwrap()).unwrap();
    let size = expected.iter().fold(0.0_f32, |size, logit| size.max(logit.abs()));
    for (a, b) in expected.iter().zip(&actual) {
        assert!((a - b).abs() < 0.01 * size, "{a} and {b}");
    }
}

#[test]
fn a_seed_fixes_the_answer_and_the_next_turn_is_cached() {
    let (_file, mut llm) = model("answer");
    let mut messages = vec![(Role::System, "Be kind."), (Role::User, "Hello there")];
    let (first, text) = ask(&mut llm, &messages, &short());
    let (again, repeated) = ask(&mut llm, &messages, &short());
    assert_eq!(text, repeated);
    assert_eq!(first.cached_tokens, 0);
    assert_eq!(again.cached_tokens, again.prompt_tokens - 1);
    messages.push((Role::Assistant, "Hm."));
    messages.push((Role::User, "More"));
    let (next, _) = ask(&mut llm, &messages, &short());
    assert!(next.cached_tokens >= first.prompt_tokens);
}

#[test]
fn a_cancelled_call_ends_and_the_next_one_is_whole() {
    let (_file, mut llm) = model("cancel");
    let messages = [(Role::User, "Hello there")];
    let (_, expected) = ask(&mut llm, &messages, &short());
    let other = [(Role::User, "Something else")];
    let stats = llm
        .generate(&other, &short(), &AtomicBool::new(true), &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((stats.finish, stats.answer_tokens), (Finish::Cancelled, 0));
    let mut pieces = 0;
    let stats = llm
        .generate(&messages, &short(), &AtomicBool::new(false), &mut |_| {
            pieces += 1;
            ControlFlow::Break(())
        })
        .unwrap();
    assert_eq!((stats.finish, pieces), (Finish::Cancelled, 1));
    assert_eq!(ask(&mut llm, &messages, &short()).1, expected);
}

#[test]
fn a_prompt_longer_than_the_context_is_answered() {
    let (_file, mut llm) = model("long");
    let long = "very long words ".repeat(200);
    let (stats, _) = ask(
        &mut llm,
        &[(Role::System, long.as_str()), (Role::User, long.as_str())],
        &short(),
    );
    assert!(stats.prompt_tokens <= 256 - 12);
}

#[test]
fn running_ahead_leaves_one_token_to_the_question() {
    let (_file, mut llm) = model("ahead");
    let messages = [(Role::System, "Be kind.")];
    let (ahead, text) = ask(
        &mut llm,
        &messages,
        &Options {
            tokens_max: 0,
            ..short()
        },
    );
    assert_eq!((text.as_str(), ahead.finish), ("", Finish::Length));
    let (asked, _) = ask(
        &mut llm,
        &[(Role::System, "Be kind."), (Role::User, "Hi")],
        &short(),
    );
    assert!(asked.cached_tokens > 0);
}

#[test]
fn a_rewritten_file_answers_like_the_one_it_came_from() {
    let source = TempFile::new("source");
    let target = TempFile::new("target");
    write_model(&source.0, GgmlDType::Q5_0);
    let mut steps = Vec::new();
    requantise(&source.0, &target.0, &mut |done, total| steps.push((done, total))).unwrap();
    assert_eq!(steps.last().map(|(done, total)| done == total), Some(true));
    let content = gguf_file::Content::read(&mut std::fs::File::open(&target.0).unwrap()).unwrap();
    let matrix = content.tensor_infos.get("blk.0.attn_q.weight").unwrap();
    assert_eq!(matrix.ggml_dtype, GgmlDType::Q8_0);
    let vector = content.tensor_infos.get("blk.0.attn_q.bias").unwrap();
    assert_eq!(vector.ggml_dtype, GgmlDType::F32);
    let messages = [(Role::User, "Hello there")];
    let cold = Options {
        temperature: 0.0,
        ..short()
    };
    let mut original = Llm::load(&source.0).unwrap();
    let mut rewritten = Llm::load(&target.0).unwrap();
    assert_eq!(
        ask(&mut original, &messages, &cold).1,
        ask(&mut rewritten, &messages, &cold).1
    );
}

#[test]
fn a_broken_file_is_an_error_that_says_what_to_do() {
    let file = TempFile::new("broken");
    std::fs::write(&file.0, b"not a model").unwrap();
    let error = Llm::load(&file.0).err().unwrap().to_string();
    assert!(error.contains("pull the model again"), "{error}");
    assert!(
        Llm::load(Path::new("/nowhere/model.gguf"))
            .err()
            .unwrap()
            .to_string()
            .contains("/nowhere/model.gguf")
    );
}
