// Arrival of the developer by sweeping blocks: the equations of eikonal_marching.cpp, iterated.
//
// The film is cut into blocks. A block wakes when a neighbour's face changes to a time before its own; it then repeats
// its dirty rows (along x, all cells of a row at once) until no row changes by more than the tolerance, and sleeps:
// rows and blocks that nothing reaches are never visited. Blocks of one colour never read one another, so the result
// does not depend on threads. O(N).   [Zhao 2005; Jeong & Whitaker 2008]
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "damascene/resist/physical.hpp"
#include "numerics/film_rows.hpp"
#include "resist/eikonal_axes.hpp"

namespace damascene::resist {
namespace {

constexpr std::array<int, 3> block_cells{64, 16, 16};
constexpr int halo = 2, row_pad = 16;  ///< the pad keeps rows aligned
constexpr int most_passes = 64;        ///< of one visit; the block wakes again if it has not settled
constexpr int most_rounds = 20000;

template <class T>
struct Limits {
    static constexpr T never = std::is_same_v<T, float> ? T(1e18) : T(1e100);
    /// Slowness (s/nm) of cells that do not dissolve; times above a millionth of it count as never.
    static constexpr T slowest = std::is_same_v<T, float> ? T(1e15) : T(1e95);
    static constexpr T relative = std::is_same_v<T, float> ? T(1e-5) : T(1e-11);
};

enum Face { west, east, south, north, above, below };
constexpr Face opposite(int f) { return static_cast<Face>(f ^ 1); }

struct Block {
    std::array<int, 3> begin, end;
    std::array<int, 6> neighbour;  ///< -1: none
    int colour;
    int width(int axis) const { return end[static_cast<std::size_t>(axis)] - begin[static_cast<std::size_t>(axis)]; }
};

/// Number of blocks along an axis; even where the axis is periodic, so that two colours suffice.
int block_count(int n, int target, bool periodic) {
    int count = std::max(1, (n + target / 2) / target);
    if (periodic && count > 1 && count % 2) ++count;
    return count;
}

std::vector<Block> blocks_of(const Grid3& g) {
    const int bx = block_count(g.nx, block_cells[0], true), by = block_count(g.ny, block_cells[1], true);
    const int bz = block_count(g.nz, block_cells[2], false);
    const auto at = [&](int i, int j, int k) { return (k * by + (j + by) % by) * bx + (i + bx) % bx; };
    std::vector<Block> blocks;
    for (int k = 0; k < bz; ++k)
        for (int j = 0; j < by; ++j)
            for (int i = 0; i < bx; ++i)
                blocks.push_back({{i * g.nx / bx, j * g.ny / by, k * g.nz / bz},
                                  {(i + 1) * g.nx / bx, (j + 1) * g.ny / by, (k + 1) * g.nz / bz},
                                  {at(i - 1, j, k), at(i + 1, j, k), at(i, j - 1, k), at(i, j + 1, k),
                                   k > 0 ? at(i, j, k - 1) : -1, k + 1 < bz ? at(i, j, k + 1) : -1},
                                  (i + j + k) % 2});
    return blocks;
}

/// The times of a block and two cells around it, and what has changed.
template <class T>
class Desk {
  public:
    Desk(const Grid3& g, const Field3<T>& rate, std::vector<T>& time, const Block& b, T until)
        : g_(g),
          b_(b),
          time_(time),
          until_(until),
          nx_(b.width(0)),
          ny_(b.width(1)),
          nz_(b.width(2)),
          stride_(static_cast<std::size_t>(nx_ + 2 * row_pad)),
          t_(stride_ * static_cast<std::size_t>((ny_ + 2 * halo) * (nz_ + 2 * halo)), Limits<T>::never),
          slowness_(static_cast<std::size_t>(nx_ * ny_ * nz_)),
          fresh_(static_cast<std::size_t>(nx_)),
          dirty_(static_cast<std::size_t>(ny_ * nz_)),
          nothing_(static_cast<std::size_t>(nx_), T(0)) {
        gather(rate);
        before_ = t_;
    }

    void wake(unsigned faces) {
        for (int k = 0; k < nz_; ++k)
            for (int j = 0; j < ny_; ++j)
                if ((faces & (1u << west | 1u << east)) || (faces >> south & 1 && j < halo) ||
                    (faces >> north & 1 && j >= ny_ - halo) || (faces >> above & 1 && k < halo) ||
                    (faces >> below & 1 && k >= nz_ - halo))
                    dirty_[index(j, k)] = 1;
    }
    /// True when no row is dirty any more.
    bool settle() {
        for (int pass = 0; pass < most_passes; ++pass)
            if (!sweep(pass % 4 < 2, pass % 2 == 0)) return true;
        return false;
    }
    void scatter() const {
        for (int k = 0; k < nz_; ++k)
            for (int j = 0; j < ny_; ++j)
                std::copy_n(row(j, k), nx_, &time_[g_.at(b_.begin[0], b_.begin[1] + j, b_.begin[2] + k)]);
    }
    /// Earliest changed time on a face that the neighbour does not know yet, or `never`.
    T news(Face face) const {
        T first = Limits<T>::never;
        const auto cell = [&](const std::vector<T>& f, int i, int j, int k) {
            return f[offset(j, k) + static_cast<std::size_t>(i + row_pad)];
        };
        const auto look = [&](int i, int j, int k, int di, int dj, int dk) {
            const T now = cell(t_, i, j, k), then = cell(before_, i, j, k), t = std::min(now, then);
            const bool moved =
                changed(now, then) || changed(cell(t_, i - di, j - dj, k - dk), cell(before_, i - di, j - dj, k - dk));
            if (moved && t < cell(t_, i + di, j + dj, k + dk)) first = std::min(first, t);
        };
        if (face == west || face == east)
            for (int k = 0; k < nz_; ++k)
                for (int j = 0; j < ny_; ++j) look(face == west ? 0 : nx_ - 1, j, k, face == west ? -1 : 1, 0, 0);
        else if (face == south || face == north)
            for (int k = 0; k < nz_; ++k)
                for (int i = 0; i < nx_; ++i) look(i, face == south ? 0 : ny_ - 1, k, 0, face == south ? -1 : 1, 0);
        else
            for (int j = 0; j < ny_; ++j)
                for (int i = 0; i < nx_; ++i) look(i, j, face == above ? 0 : nz_ - 1, 0, 0, face == above ? -1 : 1);
        return first;
    }

  private:
    std::size_t index(int j, int k) const { return static_cast<std::size_t>(k * ny_ + j); }
    std::size_t offset(int j, int k) const {
        return static_cast<std::size_t>((k + halo) * (ny_ + 2 * halo) + j + halo) * stride_;
    }
    T* row(int j, int k) { return &t_[offset(j, k) + row_pad]; }
    const T* row(int j, int k) const { return &t_[offset(j, k) + row_pad]; }
    static bool changed(T now, T then) { return (now > then ? now - then : then - now) > Limits<T>::relative * now; }

    void gather(const Field3<T>& rate) {
        for (int k = -halo; k < nz_ + halo; ++k) {
            const int kk = b_.begin[2] + k;
            if (kk < 0 || kk >= g_.nz) continue;
            for (int j = -halo; j < ny_ + halo; ++j) {
                const bool corner = (k < 0 || k >= nz_) && (j < 0 || j >= ny_);
                if (!corner) gather_row(j, k, (b_.begin[1] + j + 2 * g_.ny) % g_.ny, kk);
            }
        }
        for (int k = 0; k < nz_; ++k)
            for (int j = 0; j < ny_; ++j)
                for (int i = 0; i < nx_; ++i) {
                    const T r = rate.values[g_.at(b_.begin[0] + i, b_.begin[1] + j, b_.begin[2] + k)];
                    slowness_[index(j, k) * static_cast<std::size_t>(nx_) + static_cast<std::size_t>(i)] =
                        r > 1 / Limits<T>::slowest ? 1 / r : Limits<T>::slowest;
                }
    }
    void gather_row(int j, int k, int jj, int kk) {
        T* to = row(j, k);
        const T* from = &time_[g_.at(0, jj, kk)];
        std::copy_n(from + b_.begin[0], nx_, to);
        for (int i = 1; i <= halo; ++i) {
            to[-i] = from[(b_.begin[0] - i + 2 * g_.nx) % g_.nx];
            to[nx_ - 1 + i] = from[(b_.end[0] - 1 + i) % g_.nx];
        }
    }

    lanes::UpwindAxis<T> axis(const T* m1, const T* m2, const T* p1, const T* p2, const UpwindWeights& m,
                              const UpwindWeights& p, bool exists) const {
        const double on = exists ? 1 : 0;
        return {m1,         m2,        p1,           p2,           T(on * m.c1), T(on * m.c2),
                T(m.alpha), T(m.beta), T(on * p.c1), T(on * p.c2), T(p.alpha),   T(p.beta)};
    }
    /// Largest change of a row in units of the tolerance.
    T update(int j, int k) {
        T* t = row(j, k);
        const int depth = b_.begin[2] + k;
        const UpwindWeights x = upwind_weights(g_.dx_nm), y = upwind_weights(g_.dy_nm), z = upwind_weights(g_.dz_nm);
        const T* m1 = depth < 1 ? nothing_.data() : row(j, k - 1);
        const T* m2 = depth < 2 ? nothing_.data() : row(j, k - 2);
        const lanes::UpwindAxis<T> axes[3] = {
            axis(t - 1, t - 2, t + 1, t + 2, x, x, g_.nx > 1),
            axis(row(j - 1, k), row(j - 2, k), row(j + 1, k), row(j + 2, k), y, y, g_.ny > 1),
            axis(m1, m2, row(j, k + 1), row(j, k + 2), upwind_weights_above(depth, g_.dz_nm), z, true)};
        const T change = lanes::film_rows<T>().arrive(
            static_cast<std::size_t>(nx_), &slowness_[index(j, k) * static_cast<std::size_t>(nx_)], axes, until_,
            Limits<T>::never, Limits<T>::relative, std::numeric_limits<T>::min(), t, fresh_.data());
        if (change > 0) std::copy_n(fresh_.data(), nx_, t);
        return change;
    }
    void mark_around(int j, int k) {
        for (int d = -halo; d <= halo; ++d) {
            if (j + d >= 0 && j + d < ny_) dirty_[index(j + d, k)] = 1;
            if (k + d >= 0 && k + d < nz_) dirty_[index(j, k + d)] = 1;
        }
    }
    /// One pass over dirty rows; true if there was one.
    bool sweep(bool down, bool forward) {
        bool any = false;
        for (int kk = 0; kk < nz_; ++kk)
            for (int jj = 0; jj < ny_; ++jj) {
                const int k = down ? kk : nz_ - 1 - kk, j = forward ? jj : ny_ - 1 - jj;
                if (!dirty_[index(j, k)]) continue;
                any = true;
                dirty_[index(j, k)] = 0;
                if (update(j, k) > 1) mark_around(j, k);
            }
        return any;
    }

    const Grid3& g_;
    const Block& b_;
    std::vector<T>& time_;
    T until_;
    int nx_, ny_, nz_;
    std::size_t stride_;
    std::vector<T> t_, before_, slowness_, fresh_;
    std::vector<char> dirty_;
    std::vector<T> nothing_;
};

/// What a visit to a block tells its neighbours.
template <class T>
struct Visit {
    std::array<T, 6> news;
    T unsettled;
};

template <class T>
class Sweep {
  public:
    Sweep(const Field3<T>& rate, double until_s)
        : rate_(rate),
          g_(rate.grid),
          blocks_(blocks_of(g_)),
          time_(g_.size(), Limits<T>::never),
          due_(blocks_.size(), Limits<T>::never),
          reason_(blocks_.size()),
          visit_(blocks_.size()),
          until_(T(std::min(until_s, 1e-6 * static_cast<double>(Limits<T>::slowest)))) {}

    std::vector<T> run() {
        for (std::size_t b = 0; b < blocks_.size(); ++b)
            if (blocks_[b].begin[2] == 0) call(b, above, 0);
        for (int round = 0; round < most_rounds; ++round) {
            const std::vector<std::size_t> now = due();
            if (now.empty()) break;
            for (int colour : {0, 1}) visit_all(now, colour);
        }
        for (T& t : time_)
            if (t > until_) t = std::numeric_limits<T>::infinity();
        return std::move(time_);
    }

  private:
    void call(std::size_t b, Face from, T time) {
        due_[b] = std::min(due_[b], time);
        reason_[b] |= 1u << from;
    }
    /// The blocks that the developer reaches first: an earlier half of those awake.
    std::vector<std::size_t> due() const {
        std::vector<T> times;
        for (T t : due_)
            if (t <= until_) times.push_back(t);
        if (times.empty()) return {};
        const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
        std::nth_element(times.begin(), middle, times.end());
        std::vector<std::size_t> now;
        for (std::size_t b = 0; b < due_.size(); ++b)
            if (due_[b] <= *middle) now.push_back(b);
        return now;
    }
    void visit_all(const std::vector<std::size_t>& now, int colour) {
        std::vector<std::size_t> chosen;
        for (std::size_t b : now)
            if (blocks_[b].colour == colour) chosen.push_back(b);
        parallel_for(chosen.size(), [&](std::size_t i) { visit(chosen[i]); });
        for (std::size_t b : chosen) due_[b] = Limits<T>::never, reason_[b] = 0;
        for (std::size_t b : chosen) pass_on(b);
    }
    void visit(std::size_t b) {
        Desk<T> desk(g_, rate_, time_, blocks_[b], until_);
        desk.wake(reason_[b]);
        const bool settled = desk.settle();
        desk.scatter();
        for (int f = 0; f < 6; ++f) visit_[b].news[static_cast<std::size_t>(f)] = desk.news(static_cast<Face>(f));
        visit_[b].unsettled = settled ? Limits<T>::never : T(0);
    }
    void pass_on(std::size_t b) {
        for (int f = 0; f < 6; ++f) {
            const int n = blocks_[b].neighbour[static_cast<std::size_t>(f)];
            const T news = visit_[b].news[static_cast<std::size_t>(f)];
            if (n >= 0 && news < Limits<T>::never) call(static_cast<std::size_t>(n), opposite(f), news);
        }
        if (visit_[b].unsettled < Limits<T>::never)
            for (int f = 0; f < 6; ++f) call(b, static_cast<Face>(f), visit_[b].unsettled);
    }

    const Field3<T>& rate_;
    Grid3 g_;
    std::vector<Block> blocks_;
    std::vector<T> time_, due_;
    std::vector<unsigned> reason_;
    std::vector<Visit<T>> visit_;
    T until_;
};

}  // namespace

template <class T>
Field3<T> arrival_by_sweeping(const Field3<T>& rate, double until_s) {
    return {rate.grid, Sweep<T>(rate, until_s).run()};
}

template Field3<float> arrival_by_sweeping(const Field3<float>&, double);
template Field3<double> arrival_by_sweeping(const Field3<double>&, double);

}  // namespace damascene::resist
