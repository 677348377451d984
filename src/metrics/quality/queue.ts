import { after, nextTurn, now } from '../../clock.ts'
import type { QualitySummary, ShardData } from '../../result/schema.ts'
import { FlaggedReplies, type TextFlag } from './flagged.ts'
import { MAX_EARLIER, type MeasuredReply, type QualitySettings, qualityOf, type ReplyQuality } from './measure.ts'
import { OtherSessions } from './other-sessions.ts'
import { QualityRecorder, type StoredQuality } from './recorder.ts'

/** Largest number of replies that wait to be measured; `MAX_CHARACTERS` limits the characters of their texts, prompts and earlier turns. */
const MAX_WAITING = 512
const MAX_CHARACTERS = 1024 * 1024
/** Time in ms after which a slice of work ends. It measures at least one reply, however long that takes. */
const SLICE_MS = 1
/**
 * How many times longer than a slice the pause after it is, so that the work takes less than 4 % of one CPU; `PAUSE_MS` is the shortest pause in ms.
 */
const PAUSE_TIMES = 25
const PAUSE_MS = 25

/**
 * Queues replies and measures their quality in short slices of work while the load runs, with at most 4 % of one CPU's time. When replies come
 * faster than that allows, some are not measured; these are counted.
 */
export class QualityQueue {
  private readonly settings: QualitySettings
  private readonly recorder = new QualityRecorder()
  private readonly steps = new Map<string, QualityRecorder>()
  /** Cost of the ok replies that are loops. */
  loopedCost = 0
  /** The first replies with each flag. */
  readonly flaggedReplies = new FlaggedReplies()
  private readonly others = new OtherSessions()
  private waiting: MeasuredReply[] = []
  private characters = 0
  private leftOut = 0
  /** No slice of work begins before this moment (monotonic ms), even when a reply comes while none waits. */
  private pausedUntil = 0
  private cancelTimer: (() => void) | undefined
  private readonly measure: typeof qualityOf
  /** Called with each reply and its quality, once it was measured. */
  onMeasured: ((reply: MeasuredReply, quality: ReplyQuality) => void) | undefined

  constructor(settings: QualitySettings, measure = qualityOf) {
    this.settings = settings
    this.measure = measure
  }

  /** Queues a reply to be measured later; if too many wait, the reply is only counted. */
  add(reply: MeasuredReply): void {
    const earlier = reply.earlier.slice(-MAX_EARLIER)
    const kept = { ...reply, earlier }
    const characters = charactersOf(kept)
    if (this.waiting.length >= MAX_WAITING || this.characters + characters > MAX_CHARACTERS) {
      this.leftOut += 1
      return
    }
    this.waiting.push(kept)
    this.characters += characters
    this.cancelTimer ??= this.timer()
  }

  /** Measures all replies that still wait, with turns of the event loop in between. */
  async finish(): Promise<void> {
    this.cancelTimer?.()
    while (this.waiting.length > 0) {
      this.work()
      await new Promise<void>(nextTurn)
    }
  }

  /** Returns the `quality` of the result; undefined when no reply came. */
  read(): QualitySummary | undefined {
    const { leftOut, recorder, settings } = this
    const total = recorder.read()
    if (total.measured + leftOut === 0) return undefined
    const steps = Object.fromEntries(Array.from(this.steps, ([name, step]) => [name, partOf(step)]))
    return {
      ...total,
      leftOut,
      settings: { ...settings, language: settings.language ?? null },
      ...(this.steps.size < 2 ? {} : { steps }),
    }
  }

  /** Returns the distributions of quality measures in the form that the result of a shard stores; undefined when no reply came. */
  stored(): ShardData['quality'] {
    if (this.read() === undefined) return undefined
    const steps = Array.from(this.steps, ([name, step]) => [name, storedOf(step)])
    return { all: storedOf(this.recorder), steps: Object.fromEntries(steps) }
  }

  /** Returns the measurements of all replies so far or, with `step`, of the replies to that step; undefined when the step has none. */
  recorderOf(step: string | undefined): QualityRecorder | undefined {
    return step === undefined ? this.recorder : this.steps.get(step)
  }

  /** Returns how many replies have each flag that follows from their text alone. */
  flagged(): Readonly<Record<TextFlag, number>> {
    const { loop, truncated, refusal } = this.recorder.read().flags
    return { loop: loop?.flagged ?? 0, truncated: truncated?.flagged ?? 0, refusal: refusal?.flagged ?? 0 }
  }

  private timer(): () => void {
    return after(Math.max(PAUSE_MS, this.pausedUntil - now()), () => this.onTimer())
  }

  private onTimer(): void {
    const began = now()
    this.work()
    const ended = now()
    this.pausedUntil = ended + PAUSE_TIMES * (ended - began)
    this.cancelTimer = this.waiting.length === 0 ? undefined : this.timer()
  }

  /** Measures replies, at least one, until a slice of time is used up. */
  private work(): void {
    const until = now() + SLICE_MS
    let done = 0
    do {
      const reply = this.waiting[done]
      if (reply === undefined) break
      this.record(reply, this.measure(reply, this.settings, this.others))
      this.characters -= charactersOf(reply)
      done += 1
    } while (now() < until)
    this.waiting = this.waiting.slice(done)
  }

  private record(reply: MeasuredReply, quality: ReplyQuality): void {
    const { step: name } = reply
    this.recorder.add(quality)
    this.onMeasured?.(reply, quality)
    this.flaggedReplies.add(reply, quality)
    if (quality.flags.loop === true) this.loopedCost += reply.cost ?? 0
    const step = this.steps.get(name) ?? new QualityRecorder()
    this.steps.set(name, step)
    step.add(quality)
  }
}

function charactersOf({ text, prompt, earlier }: MeasuredReply): number {
  return earlier.reduce((sum, turn) => sum + turn.prompt.length + turn.text.length, text.length + prompt.length)
}

function storedOf(recorder: QualityRecorder): StoredQuality {
  const { measured, flags } = recorder.read()
  return { measured, flags, measures: recorder.stored() }
}

function partOf(recorder: QualityRecorder) {
  const { measured, measures, flags } = recorder.read()
  return { measured, measures, flags }
}
