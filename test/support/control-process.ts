/**
 * The control of a measurement: an idle process whose timer should fire every millisecond from the message `start` on, and which reports at
 * `read` how late it fired. At any other message it stops.
 */
const late: number[] = []
let lastAt = 0
let timer: NodeJS.Timeout | undefined

function tick(): void {
  const at = performance.now()
  late.push(Math.max(0, at - lastAt - 1))
  lastAt = at
  timer = setTimeout(tick, 1)
}

process.on('message', (message) => {
  clearTimeout(timer)
  const sorted = late.toSorted((a, b) => a - b)
  late.length = 0
  lastAt = performance.now()
  if (message === 'start') timer = setTimeout(tick, 1)
  if (message === 'read')
    process.send?.({
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY,
      maxMs: sorted.at(-1) ?? Number.POSITIVE_INFINITY,
    })
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
