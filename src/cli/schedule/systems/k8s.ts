import { plainCron, type ScheduleSystem } from './system.ts'

/** The scheduling system Kubernetes, for which `burn schedule --print` prints a CronJob. */
export const k8s: ScheduleSystem = {
  overlaps: ['skip', 'allow'],
  unit: (parts) => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: burn
spec:
  schedule: ${JSON.stringify(plainCron(parts, { sundayIs7: false }))}
  timeZone: ${JSON.stringify(parts.timeZone)}
  concurrencyPolicy: ${parts.overlap === 'skip' ? 'Forbid' : 'Allow'}
  jobTemplate:
    spec:
      backoffLimit: 0 # a failed load test is a result, not a reason to try again
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 60
          containers:
            - name: burn
              image: your-registry/burn:latest # an image with your scenarios, in which \`npx burn\` works
              command: [npx, burn, run, ${parts.run.map((word) => JSON.stringify(word.replaceAll('$(', '$$$$('))).join(', ')}] # $( begins a variable there, $$( does not
`,
}
