// Pan and zoom of a drawing by mouse, touch and keyboard.

import { bounded, fitted, panned, zoomed, type Rectangle, type View } from "./view";

export interface PanZoom {
    view(): View;
    set(view: View): void;
    window(): Rectangle;
    /** Pointer in CSS px of the drawing; undefined when it left. */
    hover(at: [number, number] | undefined): void;
    /** Left and top of the drawing inside the element. */
    origin: readonly [number, number];
}

export function panZoom(stage: HTMLElement, p: PanZoom): { magnify(factor: number): void; fit(): void } {
    const touches = new Map<number, [number, number]>();
    const go = (v: View): void => p.set(bounded(v, p.window()));
    const local = (event: MouseEvent): [number, number] => {
        const r = stage.getBoundingClientRect();
        return [event.clientX - r.left - stage.clientLeft - p.origin[0], event.clientY - r.top - stage.clientTop - p.origin[1]];
    };
    const magnify = (factor: number): void => go(zoomed(p.view(), factor, 0.5 * p.view().width, 0.5 * p.view().height));
    const fit = (): void => go(fitted(p.view(), p.window()));

    stage.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        stage.setPointerCapture(event.pointerId);
        touches.set(event.pointerId, local(event));
    });
    stage.addEventListener("pointermove", (event) => {
        const now = local(event);
        const before = touches.get(event.pointerId);
        if (before && touches.size === 1) go(panned(p.view(), now[0] - before[0], now[1] - before[1]));
        else if (before) pinch(event.pointerId, before, now);
        if (before) touches.set(event.pointerId, now);
        p.hover(now);
    });
    for (const end of ["pointerup", "pointercancel"] as const)
        stage.addEventListener(end, (event) => touches.delete(event.pointerId));
    stage.addEventListener("pointerleave", () => p.hover(undefined));
    stage.addEventListener("wheel", (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 24 : 1;
        go(zoomed(p.view(), Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.002), ...local(event)));
    }, { passive: false });
    stage.addEventListener("dblclick", (event) => go(zoomed(p.view(), event.shiftKey ? 0.5 : 2, ...local(event))));

    function pinch(moving: number, before: [number, number], now: [number, number]): void {
        const other = [...touches].find(([id]) => id !== moving)?.[1];
        if (!other) return;
        const apart = (a: [number, number]): number => Math.max(Math.hypot(a[0] - other[0], a[1] - other[1]), 1);
        const middle = [0.5 * (now[0] + other[0]), 0.5 * (now[1] + other[1])] as const;
        go(panned(zoomed(p.view(), apart(now) / apart(before), ...middle), 0.5 * (now[0] - before[0]), 0.5 * (now[1] - before[1])));
    }

    const share = 0.125;
    const keys: Record<string, () => void> = {
        ArrowLeft: () => go(panned(p.view(), share * p.view().width, 0)),
        ArrowRight: () => go(panned(p.view(), -share * p.view().width, 0)),
        ArrowUp: () => go(panned(p.view(), 0, share * p.view().height)),
        ArrowDown: () => go(panned(p.view(), 0, -share * p.view().height)),
        "+": () => magnify(1.5),
        "=": () => magnify(1.5),
        "-": () => magnify(1 / 1.5),
        "0": fit,
    };
    stage.addEventListener("keydown", (event) => {
        const action = keys[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
    });
    return { magnify, fit };
}
