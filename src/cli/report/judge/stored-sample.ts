/** Draws the sample of replies about which a judge is asked from the journals of stored runs. */
import { createHash } from 'node:crypto'
import { GradedSample } from '../../../metrics/judge/graded-sample.ts'
import { GroupedSample } from '../../../metrics/judge/grouped-sample.ts'
import type { ReplyPair } from '../../../metrics/judge/pairs.ts'
import { type GradedReply, gradedReply } from '../../../metrics/judge/questions.ts'
import type { PlannedJudge } from '../../../scenario/compile/plan.ts'
import { JournalDamage } from '../../../store/journal/reader.ts'
import { markIncomplete, readResult } from '../../../store/read-result.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { type KeptReply, keptReplies } from '../kept-replies.ts'
import type { OnMeasured } from '../quality.ts'

function storedReplies(run: string): Generator<KeptReply> {
  return keptReplies(run, markIncomplete(readResult(run)), new JournalDamage())
}

const shown = (reply: KeptReply) => gradedReply(reply, (text) => knownSecrets.redact(text))

/**
 * Draws a random sample of a stored run's replies for the judge model, while the quality of the replies is measured. With the seed of the run it
 * draws the same sample as the run did, so that the judge need not score a reply twice.
 */
export class StoredSample extends GroupedSample {
  constructor({ sample, perGroup }: PlannedJudge, seed: string) {
    super(sample, perGroup, seed, (reply) => gradedReply(reply, (text) => knownSecrets.redact(text)))
  }

  readonly onMeasured: OnMeasured = (reply, quality) => {
    const { sampledAs, step } = reply
    // Replies that failed a check have a quality, and are in no sample of a run.
    if (sampledAs === undefined) return
    this.offerReply(sampledAs, step, () => reply)
    this.offerMeasured(sampledAs, reply, quality)
  }
}

/** A reply of the sample, and the key under which the reply to compare it with is found in the other run. */
interface HalfPair {
  readonly run: GradedReply
  readonly key: string
}

/**
 * Returns a random sample of at most `size` pairs of replies for a judge model to compare, and the number of all pairs. A pair is a reply of the run
 * `run` and a reply of the run `reference` to the same message in the same step. Only the sample is kept in memory with its texts.
 * @throws InputError
 */
export function pairsOf(run: string, reference: string, size: number, seed: string) {
  const keys = new Set<string>()
  for (const { key } of keyed(reference)) keys.add(key)
  const drawn = new GradedSample<HalfPair>(size, seed)
  for (const { key, reply } of keyed(run)) if (keys.has(key)) drawn.offer([drawn.offered], () => ({ run: shown(reply), key }))
  const halves = drawn.read()
  const chosen = new Set(halves.map(({ key }) => key))
  const others = new Map<string, GradedReply>()
  for (const { key, reply } of keyed(reference)) if (chosen.has(key)) others.set(key, shown(reply))
  const sample = halves.flatMap(({ run, key }): ReplyPair[] => {
    const other = others.get(key)
    return other === undefined ? [] : [{ run, reference: other }]
  })
  return { sample, of: drawn.offered }
}

/** Yields the replies of a run, each with a short key: a hash of its step and message, and the number of earlier replies with the same hash. */
function* keyed(run: string): Generator<{ readonly key: string; readonly reply: KeptReply }> {
  const counts = new Map<string, number>()
  for (const reply of storedReplies(run)) {
    const digest = createHash('sha256')
      .update(JSON.stringify([reply.step, reply.prompt]))
      .digest('base64')
    const before = counts.get(digest) ?? 0
    counts.set(digest, before + 1)
    yield { key: `${digest} ${before}`, reply }
  }
}
