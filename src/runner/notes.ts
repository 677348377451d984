/** What a reader of the result should know of how the run went. */
import type { Recorder } from '../metrics/recorder.ts'
import { MAX_TAG_SLICES, MAX_TAG_VALUES, OTHER_VALUES } from '../metrics/tag-book.ts'
import { usedUpText } from './budgets.ts'
import type { RunState } from './run-state.ts'
import { stopText } from './stopped.ts'

/** Why it ended early, what failed beside the attempts, and what was not told apart; a line each. */
export function runNotes(state: RunState): string[] {
  return [...endNotes(state), ...faultNotes(state), ...tagNotes(state.recorder)]
}

/** Why it ended early, and what failed around it. */
function endNotes(state: RunState): string[] {
  return [
    ...(state.usedUp ? [`ended early: ${usedUpText(state.usedUp)}`] : []),
    ...(state.stoppedBy ? [stopText(state, state.stoppedBy)] : []),
    ...state.asideNotes,
  ]
}

function faultNotes({ faults }: RunState): string[] {
  return [...faults].map(
    ([message, count]) => `${count} iteration${count === 1 ? '' : 's'} ended because a template or condition failed: ${message}`,
  )
}

/** Values beyond the bounds, said once for each tag. */
function tagNotes({ tags }: Recorder): string[] {
  return [...tags.folded].map(
    ([name, count]) =>
      `tag ${name} has more values than are told apart (${MAX_TAG_VALUES} of a tag, ${MAX_TAG_SLICES} in all): ${count} attempts are counted under ${OTHER_VALUES}`,
  )
}
