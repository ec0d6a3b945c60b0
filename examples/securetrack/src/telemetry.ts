import { type Quipu, start } from '@quipu/sdk'

/** Starts Quipu for this application; its activity lines go to `onLine`. */
export function startTelemetry(onLine: (line: string) => void): Quipu {
  return start({
    serviceName: 'securetrack',
    activityLog: { enabled: true, sink: (line) => onLine(line.trimEnd()) },
  })
}
