import { expect, test } from "vitest";
import { bounded, fitted, panned, scaleBar, toPlan, toScreen, visible, zoomed, type View } from "../../src/view";

const view: View = { x: 120, y: -40, nmPerPx: 0.75, width: 800, height: 500 };

test("screen and plan are inverse, with y up", () => {
    const [x, y] = toPlan(view, 37, 412);
    expect(toScreen(view, x, y)[0]).toBeCloseTo(37, 10);
    expect(toScreen(view, x, y)[1]).toBeCloseTo(412, 10);
    expect(toPlan(view, 0, 0)[1]).toBeGreaterThan(toPlan(view, 0, 500)[1]);
});

test("zooming keeps the point under the pointer", () => {
    const before = toPlan(view, 600, 100);
    const after = toPlan(zoomed(view, 2.7, 600, 100), 600, 100);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
});

test("dragging to the right moves the plan to the right", () => {
    expect(panned(view, 40, 0).x).toBe(120 - 30);
    expect(panned(view, 0, 40).y).toBe(-40 + 30);
});

test("a fitted view shows the whole window", () => {
    const [x0, y0, x1, y1] = visible(fitted(view, [0, 0, 2000, 900]));
    expect(x0).toBeLessThan(0);
    expect(y0).toBeLessThan(0);
    expect(x1).toBeGreaterThan(2000);
    expect(y1).toBeGreaterThan(900);
});

test("the plan cannot be lost by panning or zooming out", () => {
    const lost = bounded({ ...view, x: 1e9, nmPerPx: 1e9 }, [0, 0, 1000, 1000]);
    expect(lost.x).toBe(1000);
    expect(lost.nmPerPx).toBe(8);
});

test("the scale bar is the longest round length that fits", () => {
    expect(scaleBar({ ...view, nmPerPx: 0.75 }, 160)).toEqual({ nm: 100, px: 100 / 0.75 });
    expect(scaleBar({ ...view, nmPerPx: 20 }, 160).nm).toBe(2000);
});
