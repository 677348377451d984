/** Azure OpenAI: the chat format under a deployment's path, with the filter's findings in front. */
import { type ChatFormat, createdAt, type MockFrame } from './format.ts'
import { askChat, openaiChat } from './openai-chat.ts'

const PATH = /^\/openai\/(?:deployments\/[^/]+|v1)\/chat\/completions$/

const SAFE = { filtered: false, severity: 'safe' }
const FILTER_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }

/** `POST /openai/deployments/{deployment}/chat/completions`, and the newer `/openai/v1/chat/completions`. */
export const azure: ChatFormat = {
  ...openaiChat,
  name: 'azure',
  matches: (method, path) => method === 'POST' && PATH.test(path),
  ask(request) {
    const asked = askChat(request)
    return {
      ...asked,
      frames: (reply) => [promptFilter(request.k), ...asked.frames(reply)],
      whole: (reply, sent) => ({ ...asked.whole(reply, sent), prompt_filter_results: promptResults() }),
    }
  },
}

function promptResults(): object[] {
  return [{ prompt_index: 0, content_filter_results: FILTER_RESULTS }]
}

/** The first chunk has no id, no model and no choices: neither a token nor the usage. */
function promptFilter(k: number): MockFrame {
  const empty = { id: '', object: 'chat.completion.chunk', created: createdAt(k), model: '', choices: [] }
  return { kind: 'meta', dueMs: 0, data: { ...empty, prompt_filter_results: promptResults() } }
}
