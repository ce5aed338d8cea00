import { describeCell } from "../../support/sequences.js";

describeCell("lstm");
