export { injectOperations, type OperationsRef } from './inject-operations';
export { OperationsHttp } from './operations-http';
export type { AskedConnections, GatewayFigures, ListedConnections, OperationsState, OperationsView } from './operations-state';
export { SAMPLES_FOR_MS, type OperationsSample, type OperationsTotals } from './operations-totals';
export { OperationsActions } from './operations.actions';
export { operationsFeature } from './operations.reducer';
export { provideOperations } from './provide-operations';
