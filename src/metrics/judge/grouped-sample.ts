/** Draws a random sample of a run's replies that also contains some of each step and of each quality flag, so that rare ones are not missing. */
import type { ReplyQuality } from '../quality/measure.ts'
import { type DrawnItems, GradedSample, type SamplePlace } from './graded-sample.ts'
import type { GradedReply } from './questions.ts'

/** The name of the group of replies without any quality flag (loop, cut off, refusal …) in the scores of a judge model. */
export const NO_FLAG = 'none'

/** A group of replies that are also scored for themselves: those of a step, those with a quality flag, or those without any flag. */
interface SampleGroup {
  readonly by: 'step' | 'flag'
  readonly name: string
}

/**
 * The replies to one step, or with one quality flag (such as a refusal), that were drawn at random for a judge model to score, and the number of
 * replies that they were drawn from.
 */
export interface DrawnGroup extends SampleGroup {
  /** Number of replies in the group, from which its sample was drawn. */
  readonly replies: number
  /** Indexes of the group's replies in the list of drawn replies. */
  readonly at: readonly number[]
}

/** The replies that were drawn at random for a judge model to score, and the groups (steps, quality flags) that they belong to. */
export interface DrawnReplies {
  /** The drawn replies: first the sample of all replies, then further replies of groups with few in that sample. */
  readonly sample: readonly GradedReply[]
  /** Number of drawn replies that are the sample of all replies; those after them were drawn for their groups only. */
  readonly drawn: number
  /** Number of all replies, from which the sample was drawn. */
  readonly of: number
  readonly groups: readonly DrawnGroup[]
}

/** The replies that one process of a run has drawn for a judge model, as plain data, so that they can be added to the sample of another process. */
export interface DrawnShare {
  readonly all: DrawnItems<GradedReply>
  readonly groups: readonly (SampleGroup & { readonly lowest: DrawnItems<GradedReply>; readonly members: DrawnItems<null> })[]
}

/** Returns the replies `sample` in the form in which a random sample is passed to a judge model, for a judge that scores all of them. */
export function drawnAll(sample: readonly GradedReply[]): DrawnReplies {
  return { sample, drawn: sample.length, of: sample.length, groups: [] }
}

interface SampledGroup extends SampleGroup {
  /** The replies of a group with the lowest ranks: the smallest number of its replies that are to be scored. */
  readonly lowest: GradedSample<GradedReply>
  /** The ranks of those replies of a group that can be in the sample of all replies. */
  readonly members: GradedSample<null>
}

/**
 * Draws the replies that a judge model scores: a random sample of all replies, and at least `perGroup` replies (but at most `size`) to each step and
 * with each quality flag, or all of these where there are fewer. Each reply has one random rank, and every sample keeps the replies with the lowest
 * ranks. So the replies to a step that are in the sample of all replies are also a random sample of that step's replies.
 */
export class GroupedSample extends GradedSample<GradedReply> {
  private readonly groups = new Map<string, SampledGroup>()
  private readonly make: (by: SampleGroup['by'], name: string) => SampledGroup

  /** Makes an empty sample of at most `size` replies; `shorten` returns the part of each reply that is kept. */
  constructor(size: number, perGroup: number, seed: string, shorten?: (reply: GradedReply) => GradedReply) {
    super(size, seed, shorten)
    this.make = (by, name) => {
      return {
        by,
        name,
        lowest: new GradedSample(Math.min(perGroup, size), seed, shorten),
        members: new GradedSample(size, seed),
      }
    }
  }

  /** Offers a reply for the sample of all replies and for that of its step. */
  offerReply(place: SamplePlace, step: string, reply: () => GradedReply): void {
    this.offer(place, reply)
    this.offerTo('step', step, place, reply)
  }

  /** Offers a reply again after its quality was measured, for the samples of its quality flags. */
  offerMeasured(place: SamplePlace, reply: GradedReply, { flags }: Pick<ReplyQuality, 'flags'>): void {
    const found = Object.entries(flags).flatMap(([flag, isFlagged]) => (isFlagged === true ? [flag] : []))
    for (const flag of found.length === 0 ? [NO_FLAG] : found) this.offerTo('flag', flag, place, () => reply)
  }

  /** Returns the drawn replies, each once, and the groups sorted by name. */
  draw(): DrawnReplies {
    const whole = this.readRanked()
    const places = new Map(whole.map(({ rank }, at) => [rank, at]))
    const sample = whole.map(({ item }) => item)
    // Which group came first depends on the order of arrival, and the further replies are listed by group.
    const sorted = [...this.groups].sort(([a], [b]) => (a < b ? -1 : 1))
    const groups = sorted.map(([, { by, name, lowest, members }]): DrawnGroup => {
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
    return { sample, drawn: whole.length, of: this.offered, groups }
  }

  /** What this process has drawn, for `addShare` of another process. */
  get share(): DrawnShare {
    const groups = [...this.groups.values()].map(({ by, name, lowest, members }) => {
      return { by, name, lowest: lowest.drawnItems, members: members.drawnItems }
    })
    return { all: this.drawnItems, groups }
  }

  /** Adds what another process of the run has drawn: the outcome is the sample that one process draws of the replies of both. */
  addShare({ all, groups }: DrawnShare): void {
    this.add(all)
    for (const { by, name, lowest, members } of groups) {
      const group = this.groupOf(by, name)
      group.lowest.add(lowest)
      group.members.add(members)
    }
  }

  private groupOf(by: SampleGroup['by'], name: string): SampledGroup {
    const key = `${by} ${name}`
    const group = this.groups.get(key) ?? this.make(by, name)
    this.groups.set(key, group)
    return group
  }

  private offerTo(by: SampleGroup['by'], name: string, place: SamplePlace, reply: () => GradedReply): void {
    const group = this.groupOf(by, name)
    group.lowest.offer(place, reply)
    group.members.offer(place, () => null)
  }
}
