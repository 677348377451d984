/** Limits how many replies the mock works on at once, and reports that work at `/metrics` under the metric names of vLLM. */

/** The upper borders of the buckets in a histogram of times, in s. */
const BORDERS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30]

/** A histogram of times in the form of Prometheus: a count for each bucket. */
class Times {
  private readonly counts = BORDERS.map(() => 0)
  private count = 0
  private sum = 0

  add(seconds: number): void {
    this.count += 1
    this.sum += seconds
    const at = BORDERS.findIndex((border) => seconds <= border)
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1
  }

  lines(name: string): string[] {
    let below = 0
    const buckets = BORDERS.map((border, i) => {
      below += this.counts[i] ?? 0
      return `${name}_bucket{le="${border}"} ${below}`
    })
    return [
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.count}`,
      `${name}_sum ${this.sum}`,
      `${name}_count ${this.count}`,
    ]
  }
}

/** A finished reply: its tokens, and its times in ms of the monotonic clock. */
interface Finished {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly receivedAt: number
  readonly startedAt: number
  readonly firstTokenAt: number
  readonly endedAt: number
}

/**
 * Limits how many chat replies over HTTP the mock generates at the same time, as an inference server does: further requests wait in a queue. Also
 * counts replies, tokens and times for the mock's page `/metrics`.
 */
export class MockWork {
  private running = 0
  private readonly waiting: (() => void)[] = []
  private tokensIn = 0
  private tokensOut = 0
  private searchedTokens = 0
  private cachedTokens = 0
  private finished = 0
  private readonly queueTimes = new Times()
  private readonly firstTokens = new Times()
  private readonly prefills = new Times()
  private readonly decodes = new Times()
  private readonly wholes = new Times()

  /**
   * Waits for one of `slots` slots, first come, first served; 0 means any number of slots. Resolves with a function that frees the slot, or with
   * undefined when the client disconnects first, which it reports by calling the function given to `onLeave`.
   */
  async take(slots: number, onLeave: (left: () => void) => void): Promise<(() => void) | undefined> {
    if (slots > 0 && this.running >= slots) {
      const isMine = await new Promise<boolean>((resolve) => {
        const turn = () => resolve(true)
        this.waiting.push(turn)
        onLeave(() => {
          const at = this.waiting.indexOf(turn)
          if (at >= 0) this.waiting.splice(at, 1)
          resolve(false)
        })
      })
      // The request before this one has passed its slot on to it.
      return isMine ? this.once() : undefined
    }
    this.running += 1
    return this.once()
  }

  private once(): () => void {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const next = this.waiting.shift()
      if (next) next()
      else this.running -= 1
    }
  }

  /** Counts the tokens of a prompt for which the cache was searched, and those of them that were found in it. */
  searched(tokens: number, cached: number): void {
    this.searchedTokens += tokens
    this.cachedTokens += cached
  }

  finish({ inputTokens, outputTokens, receivedAt, startedAt, firstTokenAt, endedAt }: Finished): void {
    this.finished += 1
    this.tokensIn += inputTokens
    this.tokensOut += outputTokens
    this.queueTimes.add((startedAt - receivedAt) / 1000)
    this.prefills.add((firstTokenAt - startedAt) / 1000)
    this.firstTokens.add((firstTokenAt - receivedAt) / 1000)
    this.decodes.add((endedAt - firstTokenAt) / 1000)
    this.wholes.add((endedAt - receivedAt) / 1000)
  }

  /**
   * Returns the text of the mock's page `/metrics`: Prometheus format, with the metric names of vLLM. The KV cache usage is the share of `slots`
   * in use; left out for 0, as the counts of a cache that was never searched.
   */
  metrics(slots: number): string {
    const { running, waiting, tokensIn, tokensOut, finished, searchedTokens, cachedTokens } = this
    const cache = [
      ['counter', 'vllm:prefix_cache_queries_total', searchedTokens],
      ['counter', 'vllm:prefix_cache_hits_total', cachedTokens],
    ] as const
    const lines = [
      ['gauge', 'vllm:num_requests_running', running],
      ['gauge', 'vllm:num_requests_waiting', waiting.length],
      ...(slots > 0 ? [['gauge', 'vllm:kv_cache_usage_perc', running / slots] as const] : []),
      ['counter', 'vllm:prompt_tokens_total', tokensIn],
      ['counter', 'vllm:generation_tokens_total', tokensOut],
      ['counter', 'vllm:request_success_total', finished],
      ['counter', 'vllm:num_preemptions_total', 0],
      ...(searchedTokens > 0 ? cache : []),
    ] as const
    return [
      ...lines.flatMap(([type, name, value]) => [`# TYPE ${name} ${type}`, `${name}{model_name="mock"} ${value}`]),
      ...this.queueTimes.lines('vllm:request_queue_time_seconds'),
      ...this.prefills.lines('vllm:request_prefill_time_seconds'),
      ...this.decodes.lines('vllm:request_decode_time_seconds'),
      ...this.firstTokens.lines('vllm:time_to_first_token_seconds'),
      ...this.wholes.lines('vllm:e2e_request_latency_seconds'),
      '',
    ].join('\n')
  }
}
