export type {
  AttackedExample,
  AttackedRun,
  AttackResults,
  Cell,
  CellOutcome,
  ComparisonFamily,
  DataSet,
  DataSetKind,
  Drift,
  LayoutName,
  MeasuredRow,
  ModelCost,
  PairedAnswers,
  PaperReference,
  Provenance,
  RenderedReport,
  ReportInput,
  ResidualTrajectory,
  RoundingNoise,
  Spectrum,
  TableLayout,
  TableRow,
  TableTask,
} from './input.ts';
export { type PaperRow, paperRow } from './paper/lookup.ts';
export { table1, table2, table3, table4, table5, table6 } from './paper/tables.ts';
export { renderReport } from './render-report.ts';
