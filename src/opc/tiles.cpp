// Edge correction and imaging of layouts larger than a clip, by tiles.
//
// A tile's core is corrected with everything in its halo held at the neighbours' last shifts (multiplicative Schwarz
// with four colours: cores of one colour are at least a core apart). A tile is a pure function of the fragments it
// sees, rounded to 1e-5 nm relative to its corner, so equal tiles are computed once and any order within a colour gives
// the same mask. [H. A. Schwarz 1870; tile and halo sizes: docs/theory/edge_opc.md]
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "damascene/base/sha256.hpp"
#include "damascene/opc/tiles.hpp"
#include "opc/edge_descent.hpp"

namespace damascene::opc {
namespace {

constexpr double grid_nm = 1e-5, shortest_nm = 5, loss_pixel_nm = 6, settled_nm = 0.1;
constexpr DescentStage first_pass{0, 20, 120}, later_pass{0, 80, 120};

double on_grid(double v) { return std::round(v / grid_nm) * grid_nm; }

/// Square cores over a window, all in nm.
struct TilePlan {
    double x0 = 0, y0 = 0, x1 = 0, y1 = 0, core = 0, halo = 0;
    int columns = 0, rows = 0;

    int count() const { return columns * rows; }
    int colour(int tile) const { return (tile % columns) % 2 + 2 * ((tile / columns) % 2); }
    double core_x(int tile) const { return x0 + (tile % columns) * core; }
    double core_y(int tile) const { return y0 + (tile / columns) * core; }
    Cell2 cell(int tile) const { return {core_x(tile) - halo, core_y(tile) - halo, core + 2 * halo}; }
    /// The tile whose core holds a point; -1 outside the window.
    int owner(double x, double y) const {
        if (x < x0 || y < y0 || x >= x1 || y >= y1) return -1;
        const int column = std::min(static_cast<int>((x - x0) / core), columns - 1);
        return std::min(static_cast<int>((y - y0) / core), rows - 1) * columns + column;
    }
};

TilePlan plan_tiles(const Region& region, Box window, const KernelSet& kernels, Length halo) {
    if (window.empty()) window = bounding_box(region);
    const double unit = region.unit.in(nm), period = kernels.period_x.in(nm);
    TilePlan plan;
    plan.x0 = static_cast<double>(window.x0) * unit, plan.y0 = static_cast<double>(window.y0) * unit;
    plan.x1 = static_cast<double>(window.x1) * unit, plan.y1 = static_cast<double>(window.y1) * unit;
    plan.halo = halo.in(nm), plan.core = period - 2 * plan.halo;
    if (!(plan.core > 0) || plan.halo < 0 || kernels.period_x != kernels.period_y)
        throw InputError("D0312",
                         "a tile of " + std::to_string(period) + " nm leaves no core inside halos of " +
                             std::to_string(plan.halo) + " nm",
                         "make kernels for a square period above twice the halo, e.g. halo 600 nm and period 3600 nm");
    plan.columns = std::max(1, static_cast<int>(std::ceil((plan.x1 - plan.x0) / plan.core - 1e-9)));
    plan.rows = std::max(1, static_cast<int>(std::ceil((plan.y1 - plan.y0) / plan.core - 1e-9)));
    return plan;
}

/// Rings that reach into each tile's cell with shifts up to max_shift.
std::vector<std::vector<std::size_t>> rings_by_tile(const Fragments& f, const TilePlan& plan, double max_shift_nm) {
    std::vector<std::vector<std::size_t>> rings(static_cast<std::size_t>(plan.count()));
    const double reach = plan.halo + max_shift_nm;
    for (std::size_t r = 0; r < f.rings(); ++r) {
        double x0 = 1e300, y0 = 1e300, x1 = -1e300, y1 = -1e300;
        for (std::size_t i = f.ring_begin[r]; i < f.ring_begin[r + 1]; ++i) {
            const Fragment& me = f.all[i];
            double &across0 = me.vertical ? x0 : y0, &across1 = me.vertical ? x1 : y1;
            across0 = std::min(across0, me.line_nm), across1 = std::max(across1, me.line_nm);
        }
        const auto index = [&](double v, double origin, int count) {
            return std::clamp(static_cast<int>(std::floor((v - origin) / plan.core)), 0, count - 1);
        };
        for (int row = index(y0 - reach, plan.y0, plan.rows); row <= index(y1 + reach, plan.y0, plan.rows); ++row)
            for (int column = index(x0 - reach, plan.x0, plan.columns);
                 column <= index(x1 + reach, plan.x0, plan.columns); ++column)
                rings[static_cast<std::size_t>(row * plan.columns + column)].push_back(r);
    }
    return rings;
}

int owner_of(const Fragment& me, const TilePlan& plan) {
    const double along = 0.5 * (me.from_nm + me.to_nm);
    return me.vertical ? plan.owner(me.line_nm, along) : plan.owner(along, me.line_nm);
}

/// Drops cuts between fragments of one edge that both end before or both begin after the cell: clamped to it they are
/// one point, whatever their shifts.
void join_outside(std::vector<Fragment>& ring, double side_nm, double reach_nm) {
    const auto outside = [&](const Fragment& me) {
        const double low = std::min(me.from_nm, me.to_nm), high = std::max(me.from_nm, me.to_nm);
        return high < -reach_nm ? -1 : low > side_nm + reach_nm ? 1 : 0;
    };
    std::vector<Fragment> kept;
    for (const Fragment& me : ring) {
        const int where = outside(me);
        if (!kept.empty() && !kept.back().corner_after && where != 0 && where == outside(kept.back())) {
            kept.back().to_nm = me.to_nm;
            kept.back().corner_after = me.corner_after;
        } else {
            kept.push_back(me);
        }
        if (where != 0) kept.back().shift_nm = 0;
    }
    ring = std::move(kept);
}

/// What a tile sees, relative to its cell's corner; only its own fragments can move.
Fragments fragments_of_tile(const Fragments& f, const std::vector<std::size_t>& rings, const TilePlan& plan, int tile,
                            double reach_nm) {
    const Cell2 cell = plan.cell(tile);
    Fragments local;
    for (std::size_t r : rings) {
        std::vector<Fragment> ring(f.all.begin() + static_cast<std::ptrdiff_t>(f.ring_begin[r]),
                                   f.all.begin() + static_cast<std::ptrdiff_t>(f.ring_begin[r + 1]));
        for (Fragment& me : ring) {
            const double across = me.vertical ? cell.x0_nm : cell.y0_nm, along = me.vertical ? cell.y0_nm : cell.x0_nm;
            me.movable = owner_of(me, plan) == tile;
            me.line_nm = on_grid(me.line_nm - across);
            me.from_nm = on_grid(me.from_nm - along), me.to_nm = on_grid(me.to_nm - along);
        }
        join_outside(ring, cell.side_nm, reach_nm);
        local.append_ring(ring);
    }
    return local;
}

bool any_movable(const Fragments& f) {
    return std::any_of(f.all.begin(), f.all.end(), [](const Fragment& me) { return me.movable; });
}

/// Rules, stage, cell and fragments as numbers, so that equal tiles are equal bytes.
struct TileWords {
    std::vector<double> words;
    std::size_t at = 0;

    void put(double v) { words.push_back(v); }
    double take() {
        if (at >= words.size()) throw InputError("D0605", "the bytes of a tile end too early");
        return words[at++];
    }
    /// How many things follow, each of at least `words_each`.
    std::size_t take_count(std::size_t words_each) {
        const double count = take();
        if (!(count >= 0) || count != std::floor(count) ||
            count > static_cast<double>((words.size() - at) / words_each))
            throw InputError("D0605", "the bytes of a tile are damaged: a count does not fit what follows");
        return static_cast<std::size_t>(count);
    }
};

constexpr double tile_version = 1;
constexpr std::size_t words_of_fragment = 7;

void put(TileWords& w, const Fragment& me) {
    for (double v : {me.line_nm, me.from_nm, me.to_nm, me.shift_nm, me.low_nm, me.high_nm,
                     me.vertical + 2.0 * (me.outward > 0) + 4.0 * me.corner_after + 8.0 * me.movable})
        w.put(v);
}

Fragment take_fragment(TileWords& w) {
    Fragment me;
    for (double* v : {&me.line_nm, &me.from_nm, &me.to_nm, &me.shift_nm, &me.low_nm, &me.high_nm}) *v = w.take();
    const auto flags = static_cast<int>(w.take());
    me.vertical = flags & 1, me.outward = (flags & 2) ? 1 : -1, me.corner_after = flags & 4, me.movable = flags & 8;
    return me;
}

/// One tile to be corrected.
struct TileWork {
    DescentStage stage;
    double side_nm = 0, max_shift_nm = 0;
    MaskRules rules;
    Fragments local;
};

TileBytes bytes_of(const TileWork& work) {
    TileWords w;
    const MaskRules& r = work.rules;
    for (double v : {tile_version, static_cast<double>(work.stage.iterations), work.stage.steepness_first,
                     work.stage.steepness_last, work.side_nm, work.max_shift_nm, r.min_width.si(), r.min_space.si(),
                     r.min_edge.si(), r.min_radius.si(), r.min_area.si(), r.min_hole_area.si(),
                     static_cast<double>(r.max_vertices), static_cast<double>(work.local.rings())})
        w.put(v);
    for (std::size_t ring = 0; ring < work.local.rings(); ++ring) {
        w.put(static_cast<double>(work.local.ring_begin[ring + 1] - work.local.ring_begin[ring]));
        for (std::size_t i = work.local.ring_begin[ring]; i < work.local.ring_begin[ring + 1]; ++i)
            put(w, work.local.all[i]);
    }
    const auto bytes = std::as_bytes(std::span(w.words));
    return {bytes.begin(), bytes.end()};
}

TileWork work_of(std::span<const std::byte> bytes) {
    if (bytes.size() % sizeof(double) != 0) throw InputError("D0605", "the bytes of a tile are not whole numbers");
    TileWords w;
    w.words.resize(bytes.size() / sizeof(double));
    std::memcpy(w.words.data(), bytes.data(), w.words.size() * sizeof(double));
    if (w.take() != tile_version) throw InputError("D0605", "the bytes are not a tile of this program");
    TileWork work;
    work.stage.iterations = static_cast<int>(w.take());
    work.stage.steepness_first = w.take(), work.stage.steepness_last = w.take();
    work.side_nm = w.take(), work.max_shift_nm = w.take();
    MaskRules& r = work.rules;
    for (Length* length : {&r.min_width, &r.min_space, &r.min_edge, &r.min_radius}) *length = Length::from_si(w.take());
    for (Area* area : {&r.min_area, &r.min_hole_area}) *area = Area::from_si(w.take());
    r.max_vertices = static_cast<int>(w.take());
    for (std::size_t rings = w.take_count(1); rings > 0; --rings) {
        std::vector<Fragment> ring;
        for (std::size_t count = w.take_count(words_of_fragment); count > 0; --count) ring.push_back(take_fragment(w));
        work.local.append_ring(ring);
    }
    if (w.at != w.words.size()) throw InputError("D0605", "the bytes of a tile go on after its end");
    return work;
}

std::vector<double> shifts_of(const Fragments& f) {
    std::vector<double> shifts;
    for (const Fragment& me : f.all) shifts.push_back(me.shift_nm);
    return shifts;
}

std::vector<double> own_shifts(const Fragments& f) {
    std::vector<double> shifts;
    for (const Fragment& me : f.all)
        if (me.movable) shifts.push_back(me.shift_nm);
    return shifts;
}

Region drawn(Fragments f, const Cell2& cell) {
    for (Fragment& me : f.all) me.shift_nm = 0;
    return outline(f, cell);
}

class LayoutCorrection {
  public:
    LayoutCorrection(const Region& target, Box window, const ProcessCorners& corners, const TileOptions& options,
                     const TileExecutor& execute, const Context& context)
        : plan_(plan_tiles(target, window, corners.focus, options.halo)),
          options_(options),
          execute_(execute),
          context_(context),
          max_shift_nm_(options.edge.max_shift.in(nm)),
          fragments_(fragmented(target, options.edge.corner_length.in(nm), options.edge.run_length.in(nm))) {
        const MaskRules& r = options.edge.rules;
        limit_shifts(fragments_, max_shift_nm_, std::max({r.min_edge.in(nm), r.min_width.in(nm), shortest_nm}));
        for (Fragment& me : fragments_.all) me.movable = owner_of(me, plan_) >= 0;
        rings_ = rings_by_tile(fragments_, plan_, max_shift_nm_);
    }

    TiledResult run() {
        for (int pass = 0; pass < options_.passes; ++pass) {
            const std::vector<double> before = shifts_of(fragments_);
            known_.clear();
            for (int colour = 0; colour < 4; ++colour) correct_colour(stage(pass), colour, pass);
            result_.last_move_nm = 0;
            for (std::size_t k = 0; k < before.size(); ++k)
                result_.last_move_nm = std::max(result_.last_move_nm, std::abs(fragments_.all[k].shift_nm - before[k]));
            if (result_.last_move_nm < settled_nm) break;
        }
        result_.violations = mend(fragments_, options_.edge.rules, result_.mask);
        return std::move(result_);
    }

  private:
    DescentStage stage(int pass) const {
        DescentStage s = pass == 0 ? first_pass : later_pass;
        const int iterations = options_.edge.iterations > 0 ? options_.edge.iterations : TileOptions{}.edge.iterations;
        s.iterations = pass == 0 ? iterations : (iterations + 1) / 2;
        return s;
    }

    /// Tiles of one colour in batches, so that no more than a few tiles are in memory.
    void correct_colour(const DescentStage& s, int colour, int pass) {
        std::vector<int> tiles;
        for (int t = 0; t < plan_.count(); ++t)
            if (plan_.colour(t) == colour) tiles.push_back(t);
        constexpr std::size_t batch = 16;
        for (std::size_t first = 0; first < tiles.size(); first += batch) {
            context_.check();
            correct_batch(s, {tiles.begin() + static_cast<std::ptrdiff_t>(first),
                              tiles.begin() + static_cast<std::ptrdiff_t>(std::min(first + batch, tiles.size()))});
            const double done =
                (pass * 4 + colour +
                 std::min(1.0, static_cast<double>(first + batch) / static_cast<double>(tiles.size()))) /
                (4.0 * options_.passes);
            context_.progress({"tiles", done, {{"tiles", static_cast<double>(result_.tiles)}}});
        }
    }

    void correct_batch(const DescentStage& s, const std::vector<int>& tiles) {
        std::vector<TileBytes> work;
        std::vector<std::string> asked;
        std::vector<std::pair<int, std::string>> takers;
        for (int t : tiles) {
            Fragments local =
                fragments_of_tile(fragments_, rings_[static_cast<std::size_t>(t)], plan_, t, max_shift_nm_);
            if (!any_movable(local)) continue;
            TileBytes bytes =
                bytes_of({s, plan_.core + 2 * plan_.halo, max_shift_nm_, options_.edge.rules, std::move(local)});
            takers.emplace_back(t, sha256_hex(bytes));
            if (known_.contains(takers.back().second)) continue;
            known_[takers.back().second] = {};
            asked.push_back(takers.back().second), work.push_back(std::move(bytes));
        }
        const std::vector<TileBytes> shifts = execute_(work);
        if (shifts.size() != work.size()) throw NumericalError("tiles are missing");
        for (std::size_t k = 0; k < work.size(); ++k) {
            std::vector<double>& known = known_[asked[k]];
            known.resize(shifts[k].size() / sizeof(double));
            std::memcpy(known.data(), shifts[k].data(), known.size() * sizeof(double));
        }
        for (const auto& [tile, key] : takers) take(tile, known_[key]);
        result_.tiles += static_cast<int>(takers.size());
        result_.computed += static_cast<int>(work.size());
    }

    /// Takes over the shifts of a tile's own fragments.
    void take(int tile, const std::vector<double>& shifts) {
        std::size_t k = 0;
        for (std::size_t r : rings_[static_cast<std::size_t>(tile)])
            for (std::size_t i = fragments_.ring_begin[r]; i < fragments_.ring_begin[r + 1]; ++i)
                if (owner_of(fragments_.all[i], plan_) == tile) {
                    if (k >= shifts.size()) throw NumericalError("a tile came back with too few shifts");
                    fragments_.all[i].shift_nm = shifts[k++];
                }
        if (k != shifts.size()) throw NumericalError("a tile came back with too many shifts");
    }

    TilePlan plan_;
    const TileOptions& options_;
    const TileExecutor& execute_;
    const Context& context_;
    double max_shift_nm_;
    Fragments fragments_;
    std::vector<std::vector<std::size_t>> rings_;
    std::map<std::string, std::vector<double>> known_;
    TiledResult result_;
};

/// The part of a region in a box given in nm, in the region's units.
Region part(const Region& region, const Cell2& cell) {
    const double unit = region.unit.in(nm);
    const auto whole = [&](double v) { return static_cast<std::int64_t>(std::llround(v / unit)); };
    return clipped(region, {whole(cell.x0_nm), whole(cell.y0_nm), whole(cell.x0_nm + cell.side_nm),
                            whole(cell.y0_nm + cell.side_nm)});
}

Image tile_image(const Region& mask, const Cell2& cell, const KernelSet& kernels) {
    const Spectrum2 spectrum = polygon_spectrum(part(mask, cell), cell.x0_nm * nm, cell.y0_nm * nm, kernels.period_x,
                                                kernels.period_y, kernels.band_x, kernels.band_y);
    return optics::image(kernels, spectrum);
}

}  // namespace

TileBytes corrected_tile(std::span<const std::byte> tile, const ProcessCorners& corners, const Context& context) {
    TileWork work = work_of(tile);
    const Cell2 cell{0, 0, work.side_nm};
    EdgeDescent descent(drawn(work.local, cell), cell, corners, loss_pixel_nm);
    DescentLog log;
    Context silent;
    silent.cancel_requested = context.cancel_requested;
    descent.run(work.local, work.rules, work.max_shift_nm, work.stage, log, silent);
    const std::vector<double> shifts = own_shifts(work.local);
    const auto bytes = std::as_bytes(std::span(shifts));
    return {bytes.begin(), bytes.end()};
}

TiledResult optimize_layout(const Region& target, Box window, const ProcessCorners& corners, const TileOptions& options,
                            const Context& context) {
    const auto execute = [&](const std::vector<TileBytes>& tiles) {
        std::vector<TileBytes> shifts(tiles.size());
        parallel_for(tiles.size(), [&](std::size_t k) { shifts[k] = corrected_tile(tiles[k], corners, context); });
        return shifts;
    };
    return optimize_layout(target, window, corners, options, execute, context);
}

TiledResult optimize_layout(const Region& drawn_shapes, Box window, const ProcessCorners& corners,
                            const TileOptions& options, const TileExecutor& execute, const Context& context) {
    if (!is_manhattan(drawn_shapes))
        throw InputError("D0318", "edge correction needs a target of axis-parallel edges",
                         "use inverse lithography (ilt) for targets with sloped edges");
    const double started = clock_seconds();
    TiledResult result = LayoutCorrection(merged(drawn_shapes), window, corners, options, execute, context).run();
    result.seconds = clock_seconds() - started;
    return result;
}

void image_by_tiles(const Region& mask, Box window, const KernelSet& kernels, Length halo,
                    const std::function<void(const Box&, const Image&)>& body, const Context& context) {
    const TilePlan plan = plan_tiles(mask, window, kernels, halo);
    const double unit = mask.unit.in(nm);
    const auto whole = [&](double v) { return static_cast<std::int64_t>(std::llround(v / unit)); };
    for (int t = 0; t < plan.count(); ++t) {
        context.check();
        const double x = plan.core_x(t), y = plan.core_y(t);
        const Box core{whole(x), whole(y), whole(std::min(x + plan.core, plan.x1)),
                       whole(std::min(y + plan.core, plan.y1))};
        body(core, tile_image(mask, plan.cell(t), kernels));
        context.progress({"image tiles", static_cast<double>(t + 1) / plan.count(), {}});
    }
}

std::vector<EdgePlacement> layout_placement(const Region& mask, const Region& target, Box window,
                                            const KernelSet& kernels, double threshold, Length halo, Length site_pitch,
                                            Length reach, const Context& context) {
    const TilePlan plan = plan_tiles(target, window, kernels, halo);
    std::vector<std::vector<EdgePlacement>> sites(static_cast<std::size_t>(plan.count()));
    constexpr std::size_t batch = 64;
    for (std::size_t first = 0; first < sites.size(); first += batch) {
        context.check();
        parallel_for(std::min(batch, sites.size() - first), [&](std::size_t k) {
            const int t = static_cast<int>(first + k);
            const Cell2 cell = plan.cell(t),
                        near{plan.core_x(t) - 0.5 * plan.halo, plan.core_y(t) - 0.5 * plan.halo, plan.core + plan.halo};
            const Image image = tile_image(mask, cell, kernels);
            for (const EdgePlacement& p : edge_placement(image, threshold, part(target, near), site_pitch, reach))
                if (plan.owner(p.x_nm, p.y_nm) == t) sites[first + k].push_back(p);
        });
        context.progress(
            {"edge placement", static_cast<double>(std::min(first + batch, sites.size())) / plan.count(), {}});
    }
    std::vector<EdgePlacement> all;
    for (const auto& tile : sites) all.insert(all.end(), tile.begin(), tile.end());
    return all;
}

}  // namespace damascene::opc
