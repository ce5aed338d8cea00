/** The door `simdgrad/dashboard`: a page of this machine that shows a training while it runs, and steers it. */
export { Dashboard } from "./dashboard/dashboard.js";
export type { DashboardOptions } from "./model/dashboardOptions.js";
