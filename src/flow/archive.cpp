#include "flow/archive.hpp"

#include <cstring>
#include <filesystem>
#include <type_traits>

#include "flow/text.hpp"

namespace damascene::flow {
namespace {

template <class T>
constexpr bool is_plain =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Point> ||
    std::is_same_v<T, std::complex<double>> || std::is_same_v<T, Length> || std::is_same_v<T, std::array<double, 2>> ||
    std::is_same_v<T, std::array<double, 3>> || std::is_same_v<T, std::array<double, 4>> ||
    std::is_same_v<T, std::array<std::int32_t, 3>> || std::is_same_v<T, std::byte>;

class Writer {
  public:
    io::Bytes bytes;
    template <class... T>
    void operator()(T&... values) {
        (item(values), ...);
    }

  private:
    void raw(const void* data, std::size_t size) {
        const auto* first = static_cast<const std::byte*>(data);
        bytes.insert(bytes.end(), first, first + size);
    }
    void count(std::size_t n) {
        const std::uint64_t size = n;
        raw(&size, sizeof size);
    }
    template <class T>
    void item(T& value);
    template <class T>
    void item(std::vector<T>& list) {
        count(list.size());
        if constexpr (is_plain<T>)
            raw(list.data(), list.size() * sizeof(T));
        else
            for (T& value : list) item(value);
    }
    template <class V>
    void item(std::map<std::string, V>& map) {
        count(map.size());
        for (auto& [key, value] : map) {
            std::string k = key;
            item(k);
            item(value);
        }
    }
    template <class T>
    void item(std::optional<T>& value) {
        std::uint8_t present = value.has_value();
        item(present);
        if (value) item(*value);
    }
    void item(std::string& text) {
        count(text.size());
        raw(text.data(), text.size());
    }
    void item(Value& value) {
        std::uint8_t index = static_cast<std::uint8_t>(value.index());
        item(index);
        std::visit([&](auto& v) { item(v); }, value);
    }
};

class Reader {
  public:
    explicit Reader(io::ByteView bytes) : left_(bytes) {}
    template <class... T>
    void operator()(T&... values) {
        (item(values), ...);
    }
    bool empty() const { return left_.empty(); }

  private:
    [[noreturn]] static void damaged() {
        throw InputError("D0605", "a stored result is damaged", "it will be computed again");
    }
    void raw(void* data, std::size_t size) {
        if (size > left_.size()) damaged();
        if (size > 0) std::memcpy(data, left_.data(), size);
        left_ = left_.subspan(size);
    }
    std::size_t count(std::size_t smallest) {
        std::uint64_t size = 0;
        raw(&size, sizeof size);
        if (size > left_.size() / smallest) damaged();
        return static_cast<std::size_t>(size);
    }
    template <class T>
    void item(T& value);
    template <class T>
    void item(std::vector<T>& list) {
        if constexpr (is_plain<T>) {
            list.resize(count(sizeof(T)));
            raw(list.data(), list.size() * sizeof(T));
        } else {
            list.resize(count(1));
            for (T& value : list) item(value);
        }
    }
    template <class V>
    void item(std::map<std::string, V>& map) {
        for (std::size_t n = count(1); n > 0; --n) {
            std::string key;
            item(key);
            item(map[key]);
        }
    }
    template <class T>
    void item(std::optional<T>& value) {
        std::uint8_t present = 0;
        item(present);
        if (present) item(value.emplace());
    }
    void item(std::string& text) {
        text.resize(count(1));
        raw(text.data(), text.size());
    }
    void item(Value& value) {
        std::uint8_t index = 0;
        item(index);
        switch (index) {
            case 0: value = Clip{}; break;
            case 1: value = Mask{}; break;
            case 2: value = ImageStack{}; break;
            case 3: value = PrintSet{}; break;
            case 4: value = Surface{}; break;
            case 5: value = feature::Volume{}; break;
            case 6: value = Profile{}; break;
            default: damaged();
        }
        std::visit([&](auto& v) { item(v); }, value);
    }
    io::ByteView left_;
};

// One line per type, for both directions.
template <class A>
void fields(A& a, Region& r) {
    a(r.unit, r.rings);
}
template <class A>
void fields(A& a, Contour& c) {
    a(c.points_nm, c.closed);
}
template <class A>
void fields(A& a, Spectrum2& s) {
    a(s.band_x, s.band_y, s.period_x, s.period_y, s.x0, s.y0, s.coefficients);
}
template <class A>
void fields(A& a, Clip& c) {
    a(c.target, c.x0_nm, c.y0_nm, c.period_nm, c.window_nm, c.cut_nm, c.layer);
}
template <class A>
void fields(A& a, Mask& m) {
    a(m.shapes, m.clear_field, m.threshold, m.origin);
}
template <class A>
void fields(A& a, ImageStack& s) {
    a(s.focus_nm, s.dose, s.images, s.nominal_focus, s.nominal_dose, s.clear_field);
}
template <class A>
void fields(A& a, PrintSet& p) {
    a(p.threshold, p.nominal, p.outer, p.inner);
}
template <class A>
void fields(A& a, Grid2& g) {
    a(g.nx, g.ny, g.dx, g.dy, g.x0, g.y0);
}
template <class A>
void fields(A& a, Field2<double>& f) {
    a(f.grid, f.values);
}
template <class A>
void fields(A& a, Surface& s) {
    a(s.symmetry, s.left, s.right, s.grid, s.materials, s.phi);
}
template <class A>
void fields(A& a, feature::SparseField& f) {
    a(f.slot, f.phi);
}
template <class A>
void fields(A& a, feature::Volume& v) {
    auto& b = v.box;
    std::vector<feature::SparseField> phi = feature::sparse_fields(v);
    a(b.x0_nm, b.x1_nm, b.y0_nm, b.y1_nm, b.z0_nm, b.z1_nm, b.h_nm, b.side, v.materials, phi);
    if constexpr (std::is_same_v<A, Reader>) v = feature::volume_of(b, v.materials, phi);
}
template <class A>
void fields(A& a, ProfileLevel& level) {
    a(level.z_nm, level.opening);
}
template <class A>
void fields(A& a, Profile& p) {
    a(p.thickness_nm, p.levels);
}
template <class A>
void fields(A& a, Scalar& s) {
    a(s.id, s.label, s.value, s.unit);
}
template <class A>
void fields(A& a, PlanLayer& l) {
    a(l.id, l.name, l.kind, l.color, l.visible, l.opacity, l.polygons, l.contours, l.spectrum, l.level);
}
template <class A>
void fields(A& a, Series& s) {
    a(s.x, s.y);
}
template <class A>
void fields(A& a, TableColumn& c) {
    a(c.name, c.unit);
}
template <class A>
void fields(A& a, NumberTable& t) {
    a(t.columns, t.rows, t.x_column, t.y_column, t.epe_column);
}
template <class A>
void fields(A& a, ParityPoint& p) {
    a(p.name, p.pattern, p.role, p.measured_nm, p.model_nm);
}
template <class A>
void fields(A& a, Parity& p) {
    a(p.points, p.rms_nm, p.hold_out_rms_nm);
}
template <class A>
void fields(A& a, CutLine& c) {
    a(c.name, c.line_nm, c.cd_nm, c.nils);
}
template <class A>
void fields(A& a, opc::DoseBand& b) {
    a(b.focus_nm, b.low, b.high, b.low_by, b.high_by, b.dose_error);
}
template <class A>
void fields(A& a, opc::FocusDoseWindow& w) {
    a(w.focus_low_nm, w.focus_high_nm, w.dose_low, w.dose_high);
}
template <class A>
void fields(A& a, opc::LatitudePoint& p) {
    a(p.latitude, p.rectangle_nm, p.ellipse_nm);
}
template <class A>
void fields(A& a, WindowFeature& f) {
    a(f.name, f.target_nm, f.tolerance_nm, f.cd_nm, f.fit_nm, f.band, f.rectangle, f.ellipse, f.isofocal_dose,
      f.isofocal_cd_nm, f.fit_rms_nm);
}
template <class A>
void fields(A& a, ProcessWindow& w) {
    a(w.focus_nm, w.dose, w.features, w.common, w.latitude, w.rectangle, w.ellipse, w.curve, w.pitch_nm,
      w.pitch_depth_nm, w.pitch_common_nm);
}
template <class A>
void fields(A& a, std::array<std::string, 3>& texts) {
    a(texts[0], texts[1], texts[2]);
}
template <class A>
void fields(A& a, TriangleMesh& m) {
    a(m.points, m.triangles, m.material);
}
template <class A>
void fields(A& a, TopographyFrame& f) {
    a(f.time_s, f.label, f.outlines_nm, f.voids_nm);
}
template <class A>
void fields(A& a, WallRow& w) {
    a(w.arc_nm, w.x_nm, w.z_nm, w.thickness_nm, w.arrival);
}
template <class A>
void fields(A& a, SectionMap& m) {
    a(m.quantity, m.unit, m.samples, m.box_nm);
}
template <class A>
void fields(A& a, Topography& t) {
    a(t.axial, t.window_nm, t.materials, t.colors, t.frames, t.species, t.wall, t.coverage, t.seams, t.notes,
      t.closure_time_s, t.closure_z_nm, t.history, t.mesh, t.map);
}
template <class A>
void fields(A& a, SolverReport& s) {
    a(s.present, s.converged, s.iterations, s.residual);
}
template <class A>
void fields(A& a, StepResult& r) {
    a(r.scalars, r.failed_limits, r.warnings, r.files, r.outputs, r.layers, r.cuts, r.gauges, r.parity, r.window,
      r.topography, r.convergence, r.solver, r.seconds);
}

template <class T>
void Writer::item(T& value) {
    if constexpr (is_plain<T>)
        raw(&value, sizeof value);
    else
        fields(*this, value);
}

template <class T>
void Reader::item(T& value) {
    if constexpr (is_plain<T>)
        raw(&value, sizeof value);
    else
        fields(*this, value);
}

constexpr char magic[8] = {'d', 'm', 's', 'c', 'b', 'l', 'b', '4'};

}  // namespace

io::Bytes to_bytes(const StepResult& result) {
    Writer writer;
    StepResult copy = result;
    writer(copy);
    return std::move(writer.bytes);
}

io::Bytes to_bytes(const Value& value) {
    Writer writer;
    Value copy = value;
    writer(copy);
    return std::move(writer.bytes);
}

StepResult step_result_of(io::ByteView bytes) {
    Reader reader(bytes);
    StepResult result;
    reader(result);
    if (!reader.empty()) throw InputError("D0605", "a stored result has bytes left over");
    return result;
}

std::string Store::path_of(const std::string& key) const {
    return join_path(root_, key.substr(0, 2) + "/" + key.substr(2));
}

std::optional<io::Bytes> Store::load(const std::string& key) const {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path_of(key), error)) return {};
    const io::Bytes blob = read_file(path_of(key));
    constexpr std::size_t head = sizeof magic + sizeof(std::uint64_t), tail = 64;
    if (blob.size() < head + tail || std::memcmp(blob.data(), magic, sizeof magic) != 0) return {};
    std::uint64_t size = 0;
    std::memcpy(&size, blob.data() + sizeof magic, sizeof size);
    if (size != blob.size() - head - tail) return {};
    const io::ByteView payload = io::ByteView(blob).subspan(head, size);
    const std::string digest(reinterpret_cast<const char*>(blob.data() + head + size), tail);
    if (sha256_hex(payload) != digest) return {};
    return io::Bytes(payload.begin(), payload.end());
}

void Store::save(const std::string& key, io::ByteView payload) const {
    io::Bytes blob;
    const auto add = [&](const void* data, std::size_t size) {
        const auto* first = static_cast<const std::byte*>(data);
        blob.insert(blob.end(), first, first + size);
    };
    const std::uint64_t size = payload.size();
    const std::string digest = sha256_hex(payload);
    add(magic, sizeof magic);
    add(&size, sizeof size);
    add(payload.data(), payload.size());
    add(digest.data(), digest.size());
    write_file(path_of(key), blob);
}

}  // namespace damascene::flow
