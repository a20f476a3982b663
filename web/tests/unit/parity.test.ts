import { expect, test } from "vitest";
import type { Parity } from "../../src/manifest";
import { parityPoints } from "../../src/parity";

const fit: Parity = { step: "fit", name: ["a", "b", "c"], pattern: ["p", "p", "q"], role: ["fitted", "held out", "anchor"],
                      measured_nm: [50, 40, 60], model_nm: [50.25, null, 59.5], rms_nm: 0.4, hold_out_rms_nm: null };

test("points of a calibration rise in measured size, carry model minus measured, and leave out what does not print", () => {
    expect(parityPoints(fit).map((p) => [p.gauge, p.name, p.role, p.residual])).toEqual([[0, "a", "fitted", 0.25], [2, "c", "anchor", -0.5]]);
});

test("a calibration whose lists disagree is refused", () => {
    expect(() => parityPoints({ ...fit, name: ["a"] })).toThrow(/3 measurements/);
});
