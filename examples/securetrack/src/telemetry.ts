import { fileSink } from '@quipu/activity-log'
import { type Quipu, start } from '@quipu/sdk'
import { prices } from './prices.js'

/** Starts Quipu for this application; its activity lines go to `onLine`, and into the file that ACTIVITY_LOG names. */
export function startTelemetry(onLine: (line: string) => void): Quipu {
  const file = process.env.ACTIVITY_LOG === undefined ? undefined : fileSink(process.env.ACTIVITY_LOG)
  return start({
    serviceName: 'securetrack',
    prices,
    tokensByUser: true,
    activityLog: {
      enabled: true,
      sink: {
        write(line, event) {
          onLine(line.trimEnd())
          return file?.write(line, event)
        },
        flush: async () => file?.flush?.(),
        close: async () => file?.close?.(),
      },
    },
  })
}
