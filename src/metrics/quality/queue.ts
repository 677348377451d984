import { after, nextTurn, now } from '../../clock.ts'
import type { QualitySummary } from '../../result/schema.ts'
import { type MeasuredReply, type QualitySettings, qualityOf, type ReplyQuality } from './measure.ts'
import { QualityRecorder } from './recorder.ts'

/** What waits at most: replies, and characters of all of them. */
const MAX_WAITING = 512
const MAX_CHARACTERS = 1024 * 1024
/** The time between two slices of work, in ms, and the work in one: 4 % of the time of one CPU. */
const PAUSE_MS = 25
const SLICE_MS = 1

/**
 * Measures the quality of replies a little at a time, apart from what sends and receives. Of replies that come faster than they can be
 * measured in 4 % of the time, some are left out and counted.
 */
export class QualityQueue {
  private readonly settings: QualitySettings
  private readonly recorder = new QualityRecorder()
  private readonly steps = new Map<string, QualityRecorder>()
  private waiting: MeasuredReply[] = []
  private characters = 0
  private leftOut = 0
  private cancelTimer: (() => void) | undefined

  constructor(settings: QualitySettings) {
    this.settings = settings
  }

  /** Takes a reply to measure it later, or leaves it out when too many wait. */
  add(reply: MeasuredReply): void {
    if (this.waiting.length >= MAX_WAITING || this.characters + reply.text.length > MAX_CHARACTERS) {
      this.leftOut += 1
      return
    }
    this.waiting.push(reply)
    this.characters += reply.text.length
    this.cancelTimer ??= after(PAUSE_MS, () => this.onTimer())
  }

  /** Measures all that still wait, with turns of the event loop between. */
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

  private onTimer(): void {
    this.work()
    this.cancelTimer = this.waiting.length === 0 ? undefined : after(PAUSE_MS, () => this.onTimer())
  }

  /** Measures replies, at least one, until a slice of time is used up. */
  private work(): void {
    const until = now() + SLICE_MS
    let done = 0
    do {
      const reply = this.waiting[done]
      if (reply === undefined) break
      this.record(reply.step, qualityOf(reply, this.settings))
      this.characters -= reply.text.length
      done += 1
    } while (now() < until)
    this.waiting = this.waiting.slice(done)
  }

  private record(name: string, quality: ReplyQuality): void {
    this.recorder.add(quality)
    const step = this.steps.get(name) ?? new QualityRecorder()
    this.steps.set(name, step)
    step.add(quality)
  }
}

function partOf(recorder: QualityRecorder) {
  const { measured, measures, flags } = recorder.read()
  return { measured, measures, flags }
}
