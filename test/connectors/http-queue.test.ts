import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Queue } from '../../src/connectors/http/pool/queue.ts'

const item = (n: number) => ({ n })

test('first come, first served; the head of the line can be given away', () => {
  const queue = new Queue<{ n: number }>()
  const [a, b, c] = [item(1), item(2), item(3)] as const
  queue.push(a)
  queue.push(b)
  queue.unshift(c)
  expect([queue.size, queue.has(b), queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
    3,
    true,
    c,
    a,
    b,
    undefined,
  ])
  expect([queue.size, queue.has(b)]).toEqual([0, false])
})

test('any coming and going leaves the order of an array', () => {
  const move = fc.record({ kind: fc.constantFrom('push', 'unshift', 'shift', 'delete'), at: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const queue = new Queue<{ n: number }>()
      let model: { n: number }[] = []
      moves.forEach(({ kind, at }, n) => {
        const made = item(n)
        const leaving = model[at % Math.max(1, model.length)]
        if (kind === 'push') queue.push(made)
        else if (kind === 'unshift') queue.unshift(made)
        else if (kind === 'shift') expect(queue.shift()).toBe(model[0])
        else queue.delete(leaving ?? made)
        if (kind === 'push') model.push(made)
        else if (kind === 'unshift') model = [made, ...model]
        else if (kind === 'shift') model = model.slice(1)
        else model = model.filter((one) => one !== leaving)
        expect(queue.size).toBe(model.length)
      })
      expect(Array.from(model, () => queue.shift())).toEqual(model)
      expect(queue.shift()).toBeUndefined()
    }),
  )
})
