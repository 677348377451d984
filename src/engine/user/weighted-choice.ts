/** A choice by weights. */
import type { Random } from '../../random.ts'

/** Index of one of `choices`, each as likely as its weight; −1 when there is none. */
export function pickWeighted(choices: readonly { readonly weight: number }[], random: Random): number {
  const total = choices.reduce((sum, choice) => sum + choice.weight, 0)
  let left = random.next() * total
  const index = choices.findIndex(({ weight }) => {
    left -= weight
    return left < 0
  })
  return index === -1 ? choices.length - 1 : index
}
