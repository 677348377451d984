const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  run: [
    'burn run scenarios/quickstart.yaml',
    'burn run chat.yaml -c 50 -d 2m -t "ttft p95 < 800ms" --report junit,md',
    'burn run http://127.0.0.1:8080/chat -m "Hello" -c 10 -r 5 -d 60',
    'burn run http://127.0.0.1:8000/v1 --preset openai --model llama3 -n 20',
    `burn run https://127.0.0.1:8443/orders -k --data '{ "id": 7 }' -r 50 -d 30`,
    'burn run chat.yaml --json -q | jq .verdict',
    'burn run chat.yaml --log all --detach && burn tail -f',
    'burn run --from support-chat --seed new',
    'burn run chat.yaml --shard 2/4 --start-at 2026-01-01T10:00:00Z --out shard-2',
  ],
  validate: [
    'burn validate "scenarios/**/*.yaml"',
    'burn validate --no-env --format github chat.yaml',
    'burn validate chat.yaml --sample reply.json',
  ],
  merge: ['burn merge shard-1 shard-2 shard-3 --report junit,html', 'cat logs/*.txt | burn merge - --json'],
  explain: ['burn explain E_URL', 'burn explain refused', 'burn explain'],
  plan: ['burn plan chat.yaml', 'burn plan chat.yaml -r 50 -d 10m --input-price 0.15 --output-price 0.6'],
  ping: ['burn ping chat.yaml', 'burn ping http://127.0.0.1:8080/chat --raw'],
  audit: ['burn audit chat.yaml', 'burn audit chat.yaml --pairs 40 --reference support-chat --allow-cache --json'],
  generate: [
    'burn generate --list',
    'burn generate rapid-fire --preset anthropic-messages -o rapid.yaml',
    'burn generate --ci github',
    'burn generate --from curl request.sh',
  ],
  convert: [
    'burn convert legacy.json -o scenarios/',
    'burn convert api.yaml --from openapi -o api.burn.yaml',
    'pbpaste | burn convert - --from curl',
    'burn convert requests.jsonl --anonymize -o shared.jsonl',
  ],
  search: [
    'burn search chat.yaml --for users --max 500',
    'burn search chat.yaml --holds 400 --confirm 5m -q',
    'burn search chat.yaml --tier "gold=ttft p95 < 500ms" --out searched',
  ],
  schema: ['burn schema > scenarios/burn.schema.json', 'burn schema result'],
  mock: ['burn mock', 'burn mock --port 0 --set firstTokenMs=200 --set errorRate=0.05 --seed 7'],
  relay: [
    'burn relay --to 127.0.0.1:8080 --latency 50ms --jitter 20ms',
    'burn relay --to [::1]:1883 --reset-after 10KiB --probability 5%',
    'burn relay --to 127.0.0.1:4010 --faults chat.yaml --seed 7 --json',
  ],
  selftest: ['burn selftest', 'burn selftest --quick --json'],
  monitor: [
    'burn monitor -d 10m --process node --health api=http://127.0.0.1:8080/health',
    'burn monitor --from http://db-1:9100 -d 1h -i 5s --max-cpu 90%',
    'burn monitor -d 30 --json | jq .gauges.cpu',
  ],
  schedule: [
    'burn schedule chat.yaml --cron "0 */6 * * *" --tz Europe/Berlin',
    'burn schedule chat.yaml --cron @daily --max-runs 7 -- --report junit',
    'burn schedule chat.yaml --cron "30 2 * * MON-FRI" --print systemd',
  ],
  webhook: [
    'burn webhook test chat.yaml',
    'burn webhook redeliver support-chat',
    'burn webhook verify body.json --headers head.txt --secret-from HOOK_SECRET',
  ],
  completion: ['burn completion bash', 'burn completion fish > ~/.config/fish/completions/burn.fish'],
  man: ['burn man | man -l -'],
  tail: [
    'burn tail',
    'burn tail -f support-chat --errors',
    'burn tail burn-results/quickstart-20260101-120000 -n all --vu 7 --full',
    'burn tail -n all --json | jq -r .reply',
  ],
  replay: [
    'burn replay --list',
    'burn replay support-chat --worst 5 --idle-limit 2s --pause-on anomalies',
    'burn replay burn-results/chat-20260101-120000 --session 7#0 --plain',
    'burn replay support-chat --worst 5 --live --target next',
    "burn replay --json | jq -r '.anomalies[].words'",
  ],
  compare: [
    'burn compare chat.yaml --target current,next --until-decided',
    'burn compare chat.yaml -e http://a.test/ --against http://b.test/',
    'burn compare burn-results/chat-20260101-120000 burn-results/new',
    "burn compare 'runs/base-*' runs/new --limits regression",
    'burn compare base.json new.json --gate "ttft p95,errors" --strict',
  ],
  runs: [
    'burn runs --since 7d',
    'burn runs --trend --scenario support-chat',
    'burn runs --verdict failed --json | jq -r .[].folder',
    'burn runs cancel support-chat',
    'burn runs rm --older-than 30d --dry-run',
  ],
  report: [
    'burn report burn-results/quickstart-20260101-120000',
    'burn report result.json --format junit -o junit.xml',
    'burn report result.json --format csv --level run -o run.csv',
  ],
}

/** Returns the example command lines that help and manual page show for a command. */
export const examplesFor = (command: string): readonly string[] => EXAMPLES[command] ?? []

/** Returns the section "Examples:" for the `--help` of a command; empty for a command without examples. */
export function examplesOf(command: string): string {
  const lines = EXAMPLES[command] ?? []
  return lines.length === 0 ? '' : `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
