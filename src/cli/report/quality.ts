/** The command `burn report --quality`: measures the replies in the journal of a run again, and can compare them with those of a run without load. */
import { setImmediate } from 'node:timers/promises'
import { type QualitySettings, qualityOf, type ReplyQuality } from '../../metrics/quality/measure.ts'
import { OtherSessions } from '../../metrics/quality/other-sessions.ts'
import { QualityRecorder } from '../../metrics/quality/recorder.ts'
import { qualitySettings } from '../../metrics/quality/schema.ts'
import type { QualitySummary, Result } from '../../result/schema.ts'
import { JournalDamage } from '../../store/journal/reader.ts'
import { markIncomplete, readResult } from '../../store/read-result.ts'
import { SCORE_WEIGHTS } from '../../text-metrics/answer-scores.ts'
import { type KeptReply, keptReplies, type MeasuredPart } from './kept-replies.ts'
import { type MessageReplies, type UnderLoad, underLoad } from './under-load.ts'

/** How many replies are measured before signals are handled. */
const BATCH = 100

/** The measured quality of the replies in a run's journal, for `burn report --quality`. */
export interface QualityReport {
  readonly run: string
  /** The number of replies to messages in the run. */
  readonly replies: number
  /** The number of replies that the journal contains and that were measured. */
  readonly kept: number
  readonly settings: QualitySummary['settings']
  readonly total: RecordedQuality
  readonly steps: Readonly<Record<string, RecordedQuality>>
  readonly underLoad?: UnderLoad
  /**
   * The largest number of users or attempts in flight at the same time in the reference run, which should be without load; 0 when the run was too
   * short to tell. Above 1, the reference run was itself under load.
   */
  readonly referencePeak?: number
}

/** A function that is called with each reply in a run's journal and its measured quality. */
export type OnMeasured = (reply: KeptReply, quality: ReplyQuality) => void

/** The report on quality, and the lines of both journals that could not be read. */
interface MeasuredRuns {
  readonly report: QualityReport
  readonly damage: Readonly<Record<'run' | 'reference', JournalDamage>>
}

type RecordedQuality = ReturnType<QualityRecorder['read']>

/**
 * Measures the quality of the replies in a run's journal, with the settings that the run had. With `reference`, a run without load that sent the
 * same messages, each reply is also compared with that run's reply to the same message.
 * @throws InputError when a run or its journal cannot be read
 */
export async function qualityReport(run: string, reference: string | undefined, onMeasured?: OnMeasured): Promise<MeasuredRuns> {
  const damage = { run: new JournalDamage(), reference: new JournalDamage() }
  const result = markIncomplete(readResult(run))
  const settings = settingsOf(result)
  const alone = reference === undefined ? undefined : await repliesAlone(reference, settings, damage.reference)
  const total = new QualityRecorder()
  const steps = new Map<string, QualityRecorder>()
  const others = new OtherSessions()
  let kept = 0
  for (const reply of keptReplies(run, result, damage.run)) {
    kept += 1
    const quality = qualityOf(reply, settings, others)
    onMeasured?.(reply, quality)
    const step = steps.get(reply.step) ?? new QualityRecorder()
    steps.set(reply.step, step)
    total.add(quality)
    step.add(quality)
    alone?.asked.get(keyOf(reply))?.loaded.push({ reply, quality })
    if (kept % BATCH === 0) await setImmediate()
  }
  const report = {
    run,
    replies: repliesOf(result),
    kept,
    settings: { ...settings, language: settings.language ?? null },
    total: total.read(),
    steps: Object.fromEntries([...steps].map(([name, step]) => [name, step.read()])),
    ...(reference === undefined || alone === undefined
      ? {}
      : { underLoad: underLoad(reference, kept, [...alone.asked.values()]), referencePeak: alone.peak }),
  }
  return { report, damage }
}

const keyOf = ({ step, prompt }: KeptReply) => JSON.stringify([step, prompt])

/** Measures the replies of the reference run (without load), grouped by step and message. The replies under load are added to these groups later. */
async function repliesAlone(run: string, settings: QualitySettings, damage: JournalDamage) {
  const result = markIncomplete(readResult(run))
  const asked = new Map<string, Record<keyof MessageReplies, MeasuredPart[]>>()
  let count = 0
  for (const reply of keptReplies(run, result, damage)) {
    const key = keyOf(reply)
    const { loaded, alone } = asked.get(key) ?? { loaded: [], alone: [] }
    alone.push({ reply, quality: qualityOf(reply, settings) })
    asked.set(key, { loaded, alone })
    count += 1
    if (count % BATCH === 0) await setImmediate()
  }
  return { asked, peak: peakOf(result) }
}

function peakOf({ timeline, phases }: Result): number {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const rows = timeline.filter(({ phase }) => measured.has(phase))
  return rows.reduce((peak, { users, peakInFlight }) => Math.max(peak, users, peakInFlight), 0)
}

/** Returns the quality settings of the run; the default settings when quality was not measured in it. */
function settingsOf({ quality }: Result): QualitySettings {
  const usual = qualitySettings() as QualitySettings // the cast is safe: settings are only missing for `false`
  if (quality === undefined) return usual
  const { weights, targetLatencyMs, blocklist, language } = quality.settings
  return { weights: { ...SCORE_WEIGHTS, ...weights }, targetLatencyMs, blocklist, language: language ?? undefined }
}

/** Returns the number of replies to messages in a run; when quality was not measured in it, the number of ok attempts of message steps. */
function repliesOf({ quality, steps }: Result): number {
  if (quality !== undefined) return quality.measured + quality.leftOut
  return steps.filter(({ kind }) => kind === 'message').reduce((sum, { counts }) => sum + counts.ok, 0)
}
