/**
 * A sample configuration of Alertmanager: pages and tickets have different receivers, and one cause sends one
 * notification.
 */
export const alertmanagerSample = `# A sample: replace the addresses.
route:
  receiver: tickets
  group_by: [alertname, job]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - matchers: [severity="page"]
      receiver: pages
      repeat_interval: 1h
    - matchers: [severity="info"]
      receiver: none

inhibit_rules:
  # Without metrics nothing else can be known of a job.
  - source_matchers: [alertname=~"MetricsTargetDown|MetricsAbsent"]
    target_matchers: [alertname!~"MetricsTargetDown|MetricsAbsent"]
    equal: [job]
  # The fast burn implies the slow one.
  - source_matchers: [alertname="LLMErrorBudgetFastBurn"]
    target_matchers: [alertname="LLMErrorBudgetSlowBurn"]
    equal: [job]
  # A refused key explains every other error of its model.
  - source_matchers: [alertname="LLMProviderAuthFailing"]
    target_matchers: [alertname=~"LLMErrorBudget.*"]
    equal: [job]

receivers:
  - name: pages
    webhook_configs:
      - url: http://localhost:9095/pages
  - name: tickets
    webhook_configs:
      - url: http://localhost:9095/tickets
  - name: none
`
