import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  type Panel as GrafanaPanel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapPanel,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as LinesPanel } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Draw, Panel, PanelQuery } from '../model/board.js'
import type { PlacedPanel } from '../model/layout.js'

/** The data source selected by the board's variable. */
export const datasource = { type: 'prometheus', uid: '$datasource' }

/** Converts a panel to Grafana's JSON. */
export function toGrafanaPanel(panel: PlacedPanel): GrafanaPanel {
  const { id, x, y, width, height } = panel
  const builder = builders[panel.draw](panel)
    .id(id)
    .title(panel.title)
    .description(panel.about)
    .datasource(datasource)
    .gridPos({ x, y, w: width, h: height })
  if (panel.alert !== undefined) {
    const link = new DashboardLinkBuilder(`Alert ${panel.alert}`).url(alertUrl(panel.alert)).targetBlank(true)
    builder.links([link])
  }
  return builder.build()
}

/** URL of Grafana's filtered list of alerts, which includes the rules of the data source. */
function alertUrl(alert: string): string {
  return `/alerting/list?search=${encodeURIComponent(`rule:"${alert}"`)}`
}

const builders: {
  readonly [D in Draw]: (panel: Panel) => LinesPanel | StatPanel | BarGaugePanel | HeatmapPanel
} = {
  lines: (panel) => graph(panel),
  stacked: (panel) =>
    graph(panel).fillOpacity(40).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')),
  number: (panel) =>
    new StatPanel()
      .unit(panel.unit)
      .noValue('0')
      .thresholds(colours(panel.limit))
      .graphMode(BigValueGraphMode.None)
      .reduceOptions(lastValue())
      .targets(targets(panel.queries, (query) => query.instant())),
  ranking: (panel) =>
    new BarGaugePanel()
      .unit(panel.unit)
      .noValue('none')
      .min(0)
      .thresholds(colours(panel.limit))
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Gradient)
      .showUnfilled(true)
      .reduceOptions(lastValue())
      .targets(targets(panel.queries, (query) => query.instant())),
  heatmap: (panel) =>
    new HeatmapPanel()
      .yAxis(new YAxisConfigBuilder().unit(panel.unit))
      .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').steps(64))
      .targets(targets(panel.queries, (query) => query.range().format(PromQueryFormat.Heatmap))),
}

function graph({ unit, limit, queries }: Panel): LinesPanel {
  const lines = new LinesPanel()
    .unit(unit)
    .min(0)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(targets(queries, (query) => query.range()))
  if (unit === 'percentunit') lines.axisSoftMax(0.1)
  if (limit === undefined) return lines
  return lines
    .thresholds(colours(limit))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
}

function targets(
  queries: readonly PanelQuery[],
  shape: (query: DataqueryBuilder) => DataqueryBuilder,
): DataqueryBuilder[] {
  return queries.map(({ expr, legend }, i) =>
    shape(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + i))
        .datasource(datasource)
        .expr(expr)
        .legendFormat(legend ?? ''),
    ),
  )
}

function colours(limit: number | undefined): ThresholdsConfigBuilder {
  const steps: Threshold[] = [{ value: null, color: 'green' }]
  if (limit !== undefined) steps.push({ value: limit, color: 'red' })
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false)
}
