/** Writes a tiny language model with random weights, in the form that llama.cpp loads (GGUF version 3). It talks nonsense, but it is a model. */
import { createRandom, type Random } from '../../src/random.ts'

const WIDTH = 64
const HIDDEN = 128
const HEADS = 4
const BLOCKS = 2
const CONTEXT = 2048
/** Tensors begin at multiples of it. */
const ALIGNMENT = 32

/** Types of values in GGUF. */
const TYPE = { u32: 4, i32: 5, f32: 6, text: 8, list: 9 } as const
/** Kinds of tokens in GGUF. */
const KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const
const F32 = 0

interface Token {
  readonly text: string
  readonly kind: number
}

/** The tokens: three for control, one for each byte so that any prompt can be read, and words to speak with. */
const VOCABULARY: readonly Token[] = [
  { text: '<unk>', kind: KIND.unknown },
  { text: '<s>', kind: KIND.control },
  { text: '</s>', kind: KIND.control },
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    kind: KIND.byte,
  })),
  ...Array.from({ length: 253 }, (_, i) => ({ text: `▁w${i}`, kind: KIND.normal })),
]
const FIRST_WORD = VOCABULARY.findIndex(({ kind }) => kind === KIND.normal)

interface Tensor {
  readonly name: string
  /** The fastest dimension first. */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Returns the bytes of a model file of 0.8 MB. Equal seeds give equal models. */
export function tinyModel(seed = 'tiny'): Buffer {
  const tensors = tensorsOf(createRandom(seed))
  const facts = factsOf()
  let offset = 0
  const heads = tensors.map(({ name, shape, values }) => {
    const at = offset
    offset = aligned(offset + values.byteLength)
    return Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(F32), u64(at)])
  })
  const head = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(facts.length), ...facts, ...heads])
  return Buffer.concat([padded(head), ...tensors.map(({ values }) => padded(Buffer.from(values.buffer)))])
}

function tensorsOf(random: Random): Tensor[] {
  const words = VOCABULARY.length
  const drawn = (name: string, shape: readonly number[], from = 0): Tensor => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
    // What is left at 0 has the logit 0: words, of which one is always above it, are spoken, and neither bytes nor the end.
    for (let at = from; at < values.length; at += 1) values[at] = (random.next() - 0.5) / 2
    return { name, shape, values }
  }
  const ones = (name: string): Tensor => ({ name, shape: [WIDTH], values: new Float32Array(WIDTH).fill(1) })
  const blocks = Array.from({ length: BLOCKS }, (_, i) => [
    ones(`blk.${i}.attn_norm.weight`),
    ...['q', 'k', 'v', 'output'].map((part) => drawn(`blk.${i}.attn_${part}.weight`, [WIDTH, WIDTH])),
    ones(`blk.${i}.ffn_norm.weight`),
    drawn(`blk.${i}.ffn_gate.weight`, [WIDTH, HIDDEN]),
    drawn(`blk.${i}.ffn_up.weight`, [WIDTH, HIDDEN]),
    drawn(`blk.${i}.ffn_down.weight`, [HIDDEN, WIDTH]),
  ])
  return [
    drawn('token_embd.weight', [WIDTH, words]),
    ...blocks.flat(),
    ones('output_norm.weight'),
    drawn('output.weight', [WIDTH, words], FIRST_WORD * WIDTH),
  ]
}

function factsOf(): Buffer[] {
  const number = (key: string, value: number) => Buffer.concat([text(key), u32(TYPE.u32), u32(value)])
  const word = (key: string, value: string) => Buffer.concat([text(key), u32(TYPE.text), text(value)])
  const list = (key: string, type: number, items: readonly Buffer[]) =>
    Buffer.concat([text(key), u32(TYPE.list), u32(type), u64(items.length), ...items])
  return [
    word('general.architecture', 'llama'),
    word('general.name', 'tiny'),
    number('llama.context_length', CONTEXT),
    number('llama.embedding_length', WIDTH),
    number('llama.block_count', BLOCKS),
    number('llama.feed_forward_length', HIDDEN),
    number('llama.attention.head_count', HEADS),
    number('llama.attention.head_count_kv', HEADS),
    number('llama.rope.dimension_count', WIDTH / HEADS),
    number('llama.vocab_size', VOCABULARY.length),
    Buffer.concat([text('llama.attention.layer_norm_rms_epsilon'), u32(TYPE.f32), f32(1e-5)]),
    word('tokenizer.ggml.model', 'llama'),
    list(
      'tokenizer.ggml.tokens',
      TYPE.text,
      VOCABULARY.map((token) => text(token.text)),
    ),
    list(
      'tokenizer.ggml.scores',
      TYPE.f32,
      VOCABULARY.map(() => f32(0)),
    ),
    list(
      'tokenizer.ggml.token_type',
      TYPE.i32,
      VOCABULARY.map(({ kind }) => u32(kind)),
    ),
    number('tokenizer.ggml.unknown_token_id', 0),
    number('tokenizer.ggml.bos_token_id', 1),
    number('tokenizer.ggml.eos_token_id', 2),
  ]
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(aligned(bytes.byteLength) - bytes.byteLength)])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.byteLength), bytes])
}
