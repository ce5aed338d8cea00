import { describeCell } from "../../support/sequences.js";

describeCell("rnn");
