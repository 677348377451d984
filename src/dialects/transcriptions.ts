import { TargetError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { FormBody } from '../payloads/form-body.ts'
import { soundLengthMs } from '../payloads/sound-length.ts'
import type { Attachment, ChatOptions, Decoder, Dialect, Turn } from './parts/dialect.ts'
import { documentObject, isDone, parseEvent, rejectOpenEnd, rejectShape } from './parts/events.ts'
import { asObject, asString, type JsonObject, mergeBody, toText } from './parts/json.ts'
import { isErrorRecord, rejectForError, statesFailure } from './parts/provider-error.ts'
import { textsOf } from './parts/turns.ts'
import { normaliseUsage } from './parts/usage.ts'

/**
 * The dialect (API format) of OpenAI's `POST /v1/audio/transcriptions`. The request is a form with the first sound of the message as the file and the
 * message's texts as the prompt. Earlier turns and the system prompt are not sent.
 */
export const transcriptions: Dialect = {
  name: 'openai-transcriptions',
  describe: 'OpenAI audio transcription (/v1/audio/transcriptions) and compatible servers; a message needs an audio part',
  framing: 'sse',
  lacks: (kinds) =>
    kinds.includes('audio') ? undefined : ['audio', 'such as message: [ { audio: hello.wav } ], or audio: silence:2s'],
  part: soundPart,
  soundMs(turns: readonly Turn[]): number | undefined {
    const sound = soundIn(turns)
    return sound && soundOf(sound.source).ms
  },
  encode(turns: readonly Turn[], options: ChatOptions): FormBody {
    const last = turns.at(-1)
    const sound = soundIn(turns)
    if (sound === undefined)
      throw new TargetError('local_request', 'send', 'a transcription needs a sound: message: [ { audio: hello.wav } ]')
    const fields = mergeBody(
      {
        model: options.model,
        prompt: (last ? textsOf(last) : []).join('\n') || undefined,
        temperature: options.temperature,
        stream: options.stream || undefined,
      },
      options.body,
    )
    return {
      'multipart/form-data': [
        {
          name: 'file',
          file: sound.name,
          type: sound.mediaType ?? 'application/octet-stream',
          content: soundOf(sound.source).bytes,
        },
        ...Object.entries(fields).map(([name, value]) => ({ name, value: toText(value) })),
      ],
    }
  },
  decoder: () => new TranscriptionDecoder(),
}

/** The sound of the last message, given by its content. */
function soundIn(
  turns: readonly Turn[],
): { readonly name: string; readonly mediaType: string | undefined; readonly source: SoundSource } | undefined {
  const sound = turns.at(-1)?.parts?.find((part) => typeof part !== 'string' && part.kind === 'audio')
  if (typeof sound !== 'object' || !('base64' in sound.source)) return undefined
  return { ...sound, source: sound.source }
}

type SoundSource = Extract<Attachment['source'], { readonly base64: string }>

/** The decoded bytes of each sound and its length in ms, so that a sound is decoded only once. */
const decoded = new WeakMap<object, { readonly bytes: Buffer; readonly ms: number | undefined }>()

function soundOf(source: SoundSource) {
  const known = decoded.get(source)
  if (known) return known
  const bytes = Buffer.from(source.base64, 'base64')
  const sound = { bytes, ms: soundLengthMs(bytes) }
  decoded.set(source, sound)
  return sound
}

/** Accepts sounds given by their content; returns what the API accepts for anything else. */
function soundPart({ kind, source }: Attachment): JsonObject | string {
  if (kind !== 'audio') return 'sound only'
  return 'url' in source ? 'sound by its content only: name a file of the folder' : {}
}

class TranscriptionDecoder implements Decoder {
  event(name: string, data: string, exchange: Exchange): void {
    if (isDone(data)) return
    const json = parseEvent(name, data, exchange)
    if (json === undefined) return
    const type = asString(json.type) || name
    if (type === 'error' || isErrorRecord(json)) rejectForError(json, exchange)
    else if (type === 'transcript.text.delta') exchange.unit('text', asString(json.delta))
    else if (type === 'transcript.text.done') {
      // This event repeats the text of the deltas.
      noteUsage(json, exchange)
      exchange.finish()
    }
  }

  textOf(event: JsonObject): string | undefined {
    return event.type === 'transcript.text.delta' && typeof event.delta === 'string' ? event.delta : undefined
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    if (isErrorRecord(reply) || (reply.text === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (typeof reply.text !== 'string') rejectShape('text', exchange)
    else {
      if (reply.text !== '') exchange.unit('text', reply.text)
      noteUsage(reply, exchange)
    }
  }

  end(exchange: Exchange): void {
    rejectOpenEnd('transcript.text.done', exchange)
  }
}

/**
 * Records the token counts of a reply on the exchange. Models that bill by the second report none, but the length of the sound, rounded up; it counts
 * where the file does not say it.
 */
function noteUsage(reply: JsonObject, exchange: Exchange): void {
  const usage = normaliseUsage(reply.usage, {})
  if (usage !== undefined) exchange.note({ usage })
  const seconds = reply.duration ?? asObject(reply.usage)?.seconds
  if (exchange.soundMs === undefined && typeof seconds === 'number' && seconds > 0) exchange.note({ soundMs: 1000 * seconds })
}
