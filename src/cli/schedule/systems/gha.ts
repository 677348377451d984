import { plainCron, type ScheduleSystem, shellCommand } from './system.ts'

/** The scheduling system GitHub Actions, for which `burn schedule --print` prints a workflow. */
export const gha: ScheduleSystem = {
  overlaps: ['queue', 'allow'],
  unit: (parts) => {
    const { timeZone, overlap, run, refuse } = parts
    if (timeZone !== 'UTC') refuse(`GitHub goes by UTC, not by ${timeZone}`, 'write the hours in UTC, and add --tz UTC')
    return `# .github/workflows/burn-schedule.yml
name: load test
on:
  workflow_dispatch:
  schedule:
    # GitHub goes by UTC
    - cron: '${plainCron(parts, { sundayIs7: false })}'
concurrency:
  group: load-test${overlap === 'allow' ? '-${{ github.run_id }}' : ''}
jobs:
  burn:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm ci
      - run: ${JSON.stringify(shellCommand(run).replaceAll('${{', "${{ '${{' }}"))}
`
  },
}
