/** A random sample of a run's replies in which rare ones are not missing: of each step, and of each flag of quality, some are drawn. */
import type { ReplyQuality } from '../quality/measure.ts'
import { GradedSample, type SamplePlace } from './graded-sample.ts'
import type { GradedReply } from './questions.ts'

/** The name of the group of replies that have none of the flags of quality. */
export const NO_FLAG = 'none'

/** Replies that are judged as a group of their own: those of a step, or those with a flag of quality, or with none. */
interface SampleGroup {
  readonly by: 'step' | 'flag'
  readonly name: string
}

/** A group of replies, and which of the drawn replies are a random sample of it. */
export interface DrawnGroup extends SampleGroup {
  /** The number of replies in the group. */
  readonly replies: number
  /** Places of its replies in `sample` of the draw. */
  readonly at: readonly number[]
}

/** What is drawn for a judge. */
export interface DrawnReplies {
  /** The sample of all replies, then further ones of groups of which it has few. */
  readonly sample: readonly GradedReply[]
  /** How many of them are the sample of all. */
  readonly drawn: number
  /** The number of all replies. */
  readonly of: number
  readonly groups: readonly DrawnGroup[]
}

/** Returns replies that were all chosen as what is drawn: no group of them has further ones. */
export function drawnAll(sample: readonly GradedReply[]): DrawnReplies {
  return { sample, drawn: sample.length, of: sample.length, groups: [] }
}

interface Group extends SampleGroup {
  /** Its replies with the lowest ranks: as many as are to be scored at least. */
  readonly lowest: GradedSample<GradedReply>
  /** The ranks of as many of them as can be in the sample of all. */
  readonly members: GradedSample<null>
}

/**
 * A random sample of replies, and besides at least `perGroup` of each step and of each flag of quality. Ranks are the same for all samples, so
 * that what the sample of all has of a group are the lowest ranks of the group: a random sample of it as well.
 */
export class GroupedSample extends GradedSample<GradedReply> {
  private readonly groups = new Map<string, Group>()
  private readonly make: (by: SampleGroup['by'], name: string) => Group

  /** Makes an empty sample of at most `size`; `shorten` returns what is kept of each reply. */
  constructor(size: number, perGroup: number, seed: string, shorten?: (reply: GradedReply) => GradedReply) {
    super(size, seed, shorten)
    this.make = (by, name) => {
      return { by, name, lowest: new GradedSample(perGroup, seed, shorten), members: new GradedSample(size, seed) }
    }
  }

  /** Offers a reply to a step. */
  offerReply(place: SamplePlace, step: string, reply: () => GradedReply): void {
    this.offer(place, reply)
    this.offerTo('step', step, place, reply)
  }

  /** Offers a reply once more when its quality was measured. */
  offerMeasured(place: SamplePlace, reply: GradedReply, { flags }: Pick<ReplyQuality, 'flags'>): void {
    const found = Object.entries(flags).flatMap(([flag, isFlagged]) => (isFlagged === true ? [flag] : []))
    for (const flag of found.length === 0 ? [NO_FLAG] : found) this.offerTo('flag', flag, place, () => reply)
  }

  /** Returns what is drawn: each reply once, the groups by their names. */
  draw(): DrawnReplies {
    const whole = this.readRanked()
    const places = new Map(whole.map(({ rank }, at) => [rank, at]))
    const sample = whole.map(({ item }) => item)
    const groups = [...this.groups.values()].map(({ by, name, lowest, members }): DrawnGroup => {
      const at = members.readRanked().flatMap(({ rank }) => {
        const place = places.get(rank)
        return place === undefined || place >= whole.length ? [] : [place]
      })
      // The first of them are those that the sample of all has.
      for (const { rank, item } of lowest.readRanked().slice(at.length)) {
        const known = places.get(rank)
        places.set(rank, known ?? sample.length)
        at.push(known ?? sample.length)
        if (known === undefined) sample.push(item)
      }
      return { by, name, replies: members.offered, at }
    })
    groups.sort((a, b) => (`${a.by} ${a.name}` < `${b.by} ${b.name}` ? -1 : 1))
    return { sample, drawn: whole.length, of: this.offered, groups }
  }

  private offerTo(by: SampleGroup['by'], name: string, place: SamplePlace, reply: () => GradedReply): void {
    const key = `${by} ${name}`
    const group = this.groups.get(key) ?? this.make(by, name)
    this.groups.set(key, group)
    group.lowest.offer(place, reply)
    group.members.offer(place, () => null)
  }
}
