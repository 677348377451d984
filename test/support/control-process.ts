/** The control of a measurement: an idle process whose timer should fire every millisecond, and which reports how late it fired. */
const late: number[] = []
let lastAt = performance.now()

function tick(): void {
  const at = performance.now()
  late.push(Math.max(0, at - lastAt - 1))
  lastAt = at
  setTimeout(tick, 1)
}

process.on('message', (message) => {
  const sorted = late.toSorted((a, b) => a - b)
  late.length = 0
  if (message === 'read')
    process.send?.({
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY,
      maxMs: sorted.at(-1) ?? Number.POSITIVE_INFINITY,
    })
})
process.on('disconnect', () => process.exit(0))
tick()
process.send?.('ready')
