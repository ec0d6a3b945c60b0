export { chooseReports, type ReportKind, reportKinds } from './reports/report-kind.js'
