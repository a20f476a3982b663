// Fields, images, polygons, layouts.
#include <algorithm>
#include <cmath>

#include "layout.hpp"
#include "native.hpp"

namespace damascene::python {

FieldHandle FieldHandle::owned(Field2<double> field, std::string unit) {
    FieldHandle handle;
    handle.own = std::make_unique<Field2<double>>(std::move(field));
    handle.data = handle.own.get();
    handle.unit = std::move(unit);
    return handle;
}

FieldHandle FieldHandle::borrowed(const Field2<double>& field, std::string unit, nb::handle owner) {
    FieldHandle handle;
    handle.owner = nb::borrow(owner);
    handle.data = &field;
    handle.unit = std::move(unit);
    return handle;
}

nb::list contour_arrays(const std::vector<Contour>& contours, nb::handle owner) {
    nb::list list;
    for (const Contour& c : contours)
        list.append(view<const double>(c.points_nm.empty() ? nullptr : c.points_nm.front().data(), c.points_nm.size(),
                                       2, owner));
    return list;
}

/// Grey picture, y up: low = black, high = white.
io::Bytes field_png(const Field2<double>& field, double low, double high) {
    Field2<std::uint8_t> picture{field.grid, std::vector<std::uint8_t>(field.values.size())};
    const double scale = high > low ? 255 / (high - low) : 0;
    for (int iy = 0; iy < field.grid.ny; ++iy)
        for (int ix = 0; ix < field.grid.nx; ++ix) {
            const double v = scale * (field.at(ix, iy) - low);
            picture.at(ix, field.grid.ny - 1 - iy) =
                static_cast<std::uint8_t>(std::isfinite(v) ? std::lround(std::clamp(v, 0.0, 255.0)) : 0);
        }
    return io::write_png_gray(picture);
}

namespace {

/// Samples along one axis: at least one, at most 32768.
int sample_count(double asked) {
    constexpr double most = 32768;
    if (!(asked <= most))
        throw ResourceError("D0601", "a picture of more than 32768 samples along one axis", "a larger pixel");
    return std::max(1, static_cast<int>(asked));
}

}  // namespace

/// The period at about `pixel_nm` per sample, never below what the band needs.
Field2<double> samples(const Image& image, double pixel_nm) {
    const auto count = [&](Length period, int width) {
        return std::max(width, sample_count(std::round(period.in(nm) / pixel_nm)));
    };
    const int nx = count(image.period_x, image.width()), ny = count(image.period_y, image.height());
    Field2<double> field = sample_period(image, nx, ny);
    field.grid = {nx, ny, image.period_x / nx, image.period_y / ny, image.x0, image.y0};
    return field;
}

namespace {

std::vector<Contour> rings_nm(const Region& region) {
    std::vector<Contour> out;
    const double unit = region.unit.in(nm);
    for (const Ring& ring : region.rings) {
        Contour c;
        for (const Point p : ring) c.points_nm.push_back({p.x * unit, p.y * unit});
        out.push_back(std::move(c));
    }
    return out;
}

}  // namespace

io::Bytes contours_svg(const std::vector<io::SvgLayer>& layers) {
    std::array<double, 4> box = {1e300, 1e300, -1e300, -1e300};
    for (const io::SvgLayer& layer : layers)
        for (const Contour& c : layer.contours)
            for (const auto& [x, y] : c.points_nm)
                box = {std::min(box[0], x), std::min(box[1], y), std::max(box[2], x), std::max(box[3], y)};
    if (!(box[2] > box[0]) || !(box[3] > box[1])) box = {0, 0, 1, 1};
    return io::write_svg(layers, box[0], box[1], box[2], box[3]);
}

io::Bytes region_svg(const Region& region, const char* colour) {
    return contours_svg({{"polygons", colour, "", 1, rings_nm(region)}});
}

namespace {

// ------------------------------------------------------------------------------------------------------------ fields
Field2<double> field_of(const Rows& values, const Dimensional& dx, const nb::object& dy, const Dimensional& x0,
                        const Dimensional& y0) {
    if (values.size() == 0) throw InputError("D0204", "a field has no samples", "at least one row and column");
    Field2<double> field;
    field.grid.ny = static_cast<int>(values.shape(0));
    field.grid.nx = static_cast<int>(values.shape(1));
    field.grid.dx = dx.length("dx");
    field.grid.dy = dy.is_none() ? field.grid.dx : Dimensional{dy}.length("dy");
    if (!(field.grid.dx > 0 * nm) || !(field.grid.dy > 0 * nm))
        throw InputError("D0204", "the spacing of a field is out of range", "greater than 0 nm");
    field.grid.x0 = x0.length("x0");
    field.grid.y0 = y0.length("y0");
    field.values.assign(values.data(), values.data() + values.size());
    return field;
}

nb::object values_of(nb::handle self) {
    const auto& f = nb::cast<const FieldHandle&>(self);
    const auto nx = static_cast<std::size_t>(f.data->grid.nx), ny = static_cast<std::size_t>(f.data->grid.ny);
    if (f.own) return nb::cast(view<double>(f.own->values.data(), ny, nx, self));
    return nb::cast(view<const double>(f.data->values.data(), ny, nx, self));
}

Array1<double> axis(int n, Length start, Length step) {
    std::vector<double> values(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = start.in(nm) + i * step.in(nm);
    return array_of(std::move(values));
}

nb::bytes png_of(const FieldHandle& f, std::optional<double> low, std::optional<double> high) {
    const auto [least, most] = std::minmax_element(f.data->values.begin(), f.data->values.end());
    if (least == f.data->values.end()) throw InputError("D0316", "a field without samples has no picture");
    return to_python(field_png(*f.data, low.value_or(*least), high.value_or(*most)));
}

void bind_field(nb::module_& m) {
    nb::class_<FieldHandle>(m, "Field2",
                            "Samples on a regular grid, row = y. values is the memory of the field itself: read-only "
                            "where the field belongs to a result.")
        .def(
            "__init__",
            [](FieldHandle* self, const Rows& values, const Dimensional& dx, const nb::object& dy,
               const Dimensional& x0, const Dimensional& y0, const std::string& unit) {
                new (self) FieldHandle(FieldHandle::owned(field_of(values, dx, dy, x0, y0), unit));
            },
            "values"_a, "dx"_a, "dy"_a = nb::none(), "x0"_a = "0 nm", "y0"_a = "0 nm", "unit"_a = "",
            "Copies a matrix; dx, dy: distance of samples, x0, y0: place of the first.")
        .def_prop_ro("values", &values_of, nb::sig("def values(self) -> numpy.typing.NDArray[numpy.float64]"),
                     "The samples [iy, ix], no copy.")
        .def_prop_ro(
            "x", [](const FieldHandle& f) { return axis(f.data->grid.nx, f.data->grid.x0, f.data->grid.dx); },
            "Places of the columns, nm.")
        .def_prop_ro(
            "y", [](const FieldHandle& f) { return axis(f.data->grid.ny, f.data->grid.y0, f.data->grid.dy); },
            "Places of the rows, nm.")
        .def_ro("unit", &FieldHandle::unit, "Unit of the samples, '' for a pure number.")
        .def_prop_ro(
            "pitch_nm",
            [](const FieldHandle& f) { return std::make_pair(f.data->grid.dx.in(nm), f.data->grid.dy.in(nm)); },
            "Distance of samples along x and y, nm.")
        .def_prop_ro(
            "origin_nm",
            [](const FieldHandle& f) { return std::make_pair(f.data->grid.x0.in(nm), f.data->grid.y0.in(nm)); },
            "Place of the first sample, nm.")
        .def_prop_ro(
            "address", [](const FieldHandle& f) { return reinterpret_cast<std::uintptr_t>(f.data->values.data()); },
            "Of the first sample in memory.")
        .def("to_png", &png_of, "low"_a = nb::none(), "high"_a = nb::none(), "Grey picture, y up.")
        .def("_repr_png_", [](const FieldHandle& f) { return png_of(f, {}, {}); })
        .def(
            "contours",
            [](const FieldHandle& f, double level) {
                std::vector<Array2<double>> list;
                for (const Contour& c : contours(*f.data, level)) {
                    std::vector<std::vector<double>> rows;
                    for (const auto& [x, y] : c.points_nm) rows.push_back({x, y});
                    list.push_back(matrix_of(rows));
                }
                return list;
            },
            "level"_a, "Lines of equal value (bilinear), each an array of points x, y in nm.")
        .def("__repr__",
             [](const FieldHandle& f) {
                 return "Field2(" + std::to_string(f.data->grid.nx) + " x " + std::to_string(f.data->grid.ny) +
                        (f.unit.empty() ? "" : ", " + f.unit) + ")";
             })
        .def("__getstate__",
             [](nb::handle self) {
                 const auto& f = nb::cast<const FieldHandle&>(self);
                 const Grid2& g = f.data->grid;
                 return nb::make_tuple(values_of(self), g.dx.si(), g.dy.si(), g.x0.si(), g.y0.si(), f.unit);
             })
        .def("__setstate__",
             [](FieldHandle& self, const std::tuple<Rows, double, double, double, double, std::string>& state) {
                 const auto& [values, dx, dy, x0, y0, unit] = state;
                 Field2<double> field;
                 field.grid = {static_cast<int>(values.shape(1)),
                               static_cast<int>(values.shape(0)),
                               Length::from_si(dx),
                               Length::from_si(dy),
                               Length::from_si(x0),
                               Length::from_si(y0)};
                 field.values.assign(values.data(), values.data() + values.size());
                 new (&self) FieldHandle(FieldHandle::owned(std::move(field), unit));
             });
}

// ------------------------------------------------------------------------------------------------------------ images
nb::tuple image_state(const Image& f) {
    return nb::make_tuple(f.band_x, f.band_y, f.period_x.si(), f.period_y.si(), f.x0.si(), f.y0.si(),
                          nb::bytes(f.coefficients.data(), f.coefficients.size() * sizeof(f.coefficients[0])));
}

void bind_image(nb::module_& m) {
    nb::class_<Image>(m, "Image",
                      "A periodic band-limited function by its Fourier coefficients: an aerial image (clear field = 1) "
                      "or the spectrum of a mask.")
        .def_prop_ro(
            "coefficients",
            [](nb::handle self) {
                const auto& f = nb::cast<const Image&>(self);
                return view<const std::complex<double>>(f.coefficients.data(), static_cast<std::size_t>(f.height()),
                                                        static_cast<std::size_t>(f.width()), self);
            },
            "c[fy + band, fx + band], no copy.")
        .def_prop_ro(
            "band", [](const Image& f) { return std::make_pair(f.band_x, f.band_y); }, "Highest orders along x and y.")
        .def_prop_ro(
            "period_nm", [](const Image& f) { return std::make_pair(f.period_x.in(nm), f.period_y.in(nm)); },
            "Of the cell along x and y.")
        .def_prop_ro(
            "origin_nm", [](const Image& f) { return std::make_pair(f.x0.in(nm), f.y0.in(nm)); }, "Corner of the cell.")
        .def_prop_ro(
            "address", [](const Image& f) { return reinterpret_cast<std::uintptr_t>(f.coefficients.data()); },
            "Of the first coefficient in memory.")
        .def(
            "sample",
            [](const Image& f, const Dimensional& pixel) {
                const double pixel_nm = pixel.length("pixel").in(nm);
                if (!(pixel_nm > 0)) throw InputError("D0204", "'pixel' is out of range", "greater than 0 nm");
                return FieldHandle::owned(computed_away([&] { return samples(f, pixel_nm); }), "clear field");
            },
            "pixel"_a = "4 nm", "Exact samples of one period at about this pitch (finer if the band needs it).")
        .def(
            "at",
            [](const Image& f, const Dimensional& x, const Dimensional& y) {
                return value_at(f, x.length("x"), y.length("y"));
            },
            "x"_a, "y"_a, "Exact value at a place of the layout.")
        .def(
            "contours",
            [](const Image& f, double level, const Dimensional& step) {
                const auto found = computed_away([&, s = step.length("step")] { return contours(f, level, s); });
                std::vector<Array2<double>> list;
                for (const Contour& c : found) {
                    std::vector<std::vector<double>> rows;
                    for (const auto& [x, y] : c.points_nm) rows.push_back({x, y});
                    list.push_back(matrix_of(rows));
                }
                return list;
            },
            "level"_a, "step"_a = "4 nm", "Exact lines of equal value, each an array of points x, y in nm.")
        .def(
            "to_png",
            [](const Image& f) {
                const Field2<double> s = samples(f, 4);
                const auto [low, high] = std::minmax_element(s.values.begin(), s.values.end());
                return to_python(field_png(s, *low, *high));
            },
            "Grey picture of one period, y up.")
        .def("_repr_png_",
             [](const Image& f) {
                 const Field2<double> s = samples(f, std::max(4.0, f.period_x.in(nm) / 512));
                 const auto [low, high] = std::minmax_element(s.values.begin(), s.values.end());
                 return to_python(field_png(s, *low, *high));
             })
        .def("__repr__",
             [](const Image& f) {
                 return "Image(" + std::to_string(f.width()) + " x " + std::to_string(f.height()) + " orders)";
             })
        .def("__getstate__", &image_state)
        .def("__setstate__",
             [](Image& self, const std::tuple<int, int, double, double, double, double, nb::bytes>& state) {
                 const auto& [bx, by, px, py, x0, y0, raw] = state;
                 new (&self) Image{
                     bx, by, Length::from_si(px), Length::from_si(py), Length::from_si(x0), Length::from_si(y0), {}};
                 const auto* first = reinterpret_cast<const std::complex<double>*>(raw.data());
                 self.coefficients.assign(first, first + raw.size() / sizeof(*first));
             });
}

// ---------------------------------------------------------------------------------------------------------- polygons
using Ring2 = nb::ndarray<const std::int32_t, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;

Region region_of(const std::vector<Ring2>& rings, Length unit) {
    Region region;
    region.unit = unit;
    for (const Ring2& r : rings) {
        Ring ring(r.shape(0));
        for (std::size_t i = 0; i < ring.size(); ++i) ring[i] = {r.data()[2 * i], r.data()[2 * i + 1]};
        region.rings.push_back(std::move(ring));
    }
    return region;
}

nb::list ring_arrays(nb::handle self) {
    static_assert(sizeof(Point) == 2 * sizeof(std::int32_t));
    const auto& region = nb::cast<const Region&>(self);
    nb::list list;
    for (const Ring& ring : region.rings)
        list.append(view<const std::int32_t>(ring.empty() ? nullptr : &ring.front().x, ring.size(), 2, self));
    return list;
}

Region combined(const Region& a, const Region& b, Boolean operation) {
    return computed_away([&] { return combine(a, b, operation); });
}

Box box_of(const std::array<Dimensional, 4>& edges, Length unit) {
    const auto at = [&](std::size_t i, const char* name) {
        return static_cast<std::int64_t>(std::llround(edges[i].length(name).si() / unit.si()));
    };
    const Box box{at(0, "x0"), at(1, "y0"), at(2, "x1"), at(3, "y1")};
    if (box.empty()) throw InputError("D0402", "the window is empty", "x0, y0, x1, y1 with x1 > x0 and y1 > y0");
    return box;
}

nb::tuple region_state(nb::handle self) {
    nb::list rings;
    for (nb::handle array : ring_arrays(self)) rings.append(array.attr("copy")());
    return nb::make_tuple(nb::cast<const Region&>(self).unit.si(), rings);
}

void bind_region(nb::module_& m) {
    nb::class_<Region>(m, "Region", "Polygons in whole database units: counter-clockwise solid, clockwise holes.")
        .def(
            "__init__",
            [](Region* self, const std::vector<Ring2>& rings, const Dimensional& unit) {
                new (self) Region(merged(normalised(region_of(rings, unit.length("unit")))));
                self->unit = unit.length("unit");
            },
            "rings"_a, "unit"_a = "1 nm", "Union of shapes, each an array of whole x, y (even-odd inside a shape).")
        .def_prop_ro("rings", &ring_arrays, nb::sig("def rings(self) -> list[numpy.typing.NDArray[numpy.int32]]"),
                     "Points of each ring in database units, no copy, read-only.")
        .def_prop_ro(
            "unit_nm", [](const Region& r) { return r.unit.in(nm); }, "Database unit.")
        .def_prop_ro(
            "bounds_nm",
            [](const Region& r) {
                const Box b = bounding_box(r);
                const double u = r.unit.in(nm);
                return std::array<double, 4>{static_cast<double>(b.x0) * u, static_cast<double>(b.y0) * u,
                                             static_cast<double>(b.x1) * u, static_cast<double>(b.y1) * u};
            },
            "x0, y0, x1, y1 of all shapes.")
        .def_prop_ro(
            "area_nm2", [](const Region& r) { return area(r) * r.unit.in(nm)*r.unit.in(nm); }, "Area of the solids.")
        .def_prop_ro("is_manhattan", &is_manhattan, "Whether every edge runs along x or y.")
        .def("__len__", [](const Region& r) { return r.rings.size(); })
        .def("__or__", [](const Region& a, const Region& b) { return combined(a, b, Boolean::unite); })
        .def("__and__", [](const Region& a, const Region& b) { return combined(a, b, Boolean::intersect); })
        .def("__sub__", [](const Region& a, const Region& b) { return combined(a, b, Boolean::subtract); })
        .def("__xor__", [](const Region& a, const Region& b) { return combined(a, b, Boolean::exclusive_or); })
        .def(
            "offset",
            [](const Region& r, const Dimensional& distance, bool round) {
                return computed_away([&, d = distance.length("distance")] { return offset(r, d, round); });
            },
            "distance"_a, "round"_a = false, "Grown (or shrunk, if negative) by a square or a disc.")
        .def(
            "clipped",
            [](const Region& r, const Dimensional& x0, const Dimensional& y0, const Dimensional& x1,
               const Dimensional& y1) {
                return clipped(r, box_of({x0, y0, x1, y1}, r.unit));
            },
            "x0"_a, "y0"_a, "x1"_a, "y1"_a, "What lies in a window.")
        .def(
            "coverage",
            [](const Region& r, const Dimensional& pixel) {
                const Box b = bounding_box(r);
                const Length d = pixel.length("pixel");
                if (!(d > 0 * nm)) throw InputError("D0204", "'pixel' is out of range", "greater than 0 nm");
                Grid2 grid;
                const auto cells = [&](std::int64_t low, std::int64_t high) {
                    return sample_count(std::ceil(static_cast<double>(high - low) * r.unit.si() / d.si() - 1e-9));
                };
                grid.nx = cells(b.x0, b.x1), grid.ny = cells(b.y0, b.y1), grid.dx = grid.dy = d;
                grid.x0 = static_cast<double>(b.x0) * r.unit + 0.5 * d;
                grid.y0 = static_cast<double>(b.y0) * r.unit + 0.5 * d;
                return FieldHandle::owned(computed_away([&] { return coverage_raster(r, grid); }), "");
            },
            "pixel"_a = "1 nm", "Covered share of each pixel, exact.")
        .def(
            "svg", [](const Region& r) { return to_python(region_svg(r, "#0072b2")); }, "Picture as SVG.")
        .def("_repr_svg_",
             [](const Region& r) -> nb::object {
                 const io::Bytes svg = region_svg(r, "#0072b2");
                 if (svg.size() > 300000) return nb::none();
                 return nb::str(reinterpret_cast<const char*>(svg.data()), svg.size());
             })
        .def("__repr__", [](const Region& r) { return "Region(" + std::to_string(r.rings.size()) + " rings)"; })
        .def("__eq__",
             [](const Region& a, const nb::object& b) {
                 return nb::isinstance<Region>(b) && a.rings == nb::cast<const Region&>(b).rings &&
                        a.unit == nb::cast<const Region&>(b).unit;
             })
        .def("__getstate__", &region_state)
        .def("__setstate__", [](Region& self, const std::pair<double, std::vector<Ring2>>& state) {
            new (&self) Region(region_of(state.second, Length::from_si(state.first)));
        });
}

// ----------------------------------------------------------------------------------------------------------- layouts
Region layer_region(const Layout& layout, const std::string& layer, const std::string& cell) {
    cli::Sheet sheet{layout, find_cell(layout, cell), {}};
    return computed_away([&] { return cli::layer_shapes(sheet, layer); });
}

nb::list layer_rows(const Layout& layout, const std::string& cell) {
    nb::list rows;
    for (const LayerCount& l : layers(layout, find_cell(layout, cell))) {
        nb::dict row;
        row["layer"] = cli::layer_name(l.layer);
        row["shapes"] = l.shapes;
        rows.append(row);
    }
    return rows;
}

Layout clipped_layout(const Layout& layout, const std::string& cell_name, Box window) {
    const std::uint32_t cell = find_cell(layout, cell_name);
    std::vector<std::pair<LayerKey, Region>> shapes;
    for (const LayerCount& l : layers(layout, cell)) {
        Region r = merged(normalised(flatten(layout, cell, l.layer, window)));
        r.unit = layout.unit;
        r = clipped(r, window);
        r.unit = layout.unit;
        shapes.emplace_back(l.layer, std::move(r));
    }
    return cli::flat_layout(shapes, layout.cells[cell].name);
}

Layout layout_of(const std::map<std::string, const Region*>& shapes, const std::string& cell) {
    std::vector<std::pair<LayerKey, Region>> list;
    for (const auto& [name, region] : shapes) list.emplace_back(cli::layer_key(name), *region);
    return cli::flat_layout(list, cell);
}

/// Every layer under the only top cell in its own colour.
io::Bytes layout_svg(const Layout& layout) {
    static const std::array<const char*, 6> colours = {"#0072b2", "#e69f00", "#009e73",
                                                       "#cc79a7", "#56b4e9", "#d55e00"};
    const std::uint32_t cell = find_cell(layout, "");
    std::vector<io::SvgLayer> drawn;
    for (const LayerCount& l : layers(layout, cell)) {
        Region r = merged(normalised(flatten(layout, cell, l.layer)));
        r.unit = layout.unit;
        drawn.push_back({cli::layer_name(l.layer), colours[drawn.size() % colours.size()], "", 0.6, rings_nm(r)});
    }
    return contours_svg(drawn);
}

void bind_layout(nb::module_& m) {
    nb::class_<Layout>(m, "Layout", "Cells, references and polygons of a GDSII or GLP file.")
        .def_static(
            "open",
            [](const std::filesystem::path& path, bool lenient) {
                return computed_away([&] { return flow::read_layout_file(path.string(), lenient); });
            },
            "path"_a, "lenient"_a = false, "Reads GDSII or GLP; lenient skips faulty elements.")
        .def_static("of_regions", &layout_of, "shapes"_a, "cell"_a = "TOP", "One flat cell: {'11/0': region}.")
        .def_prop_ro(
            "cells",
            [](const Layout& l) {
                std::vector<std::string> names;
                for (const Cell& c : l.cells) names.push_back(c.name);
                return names;
            },
            "Names of the cells.")
        .def_prop_ro(
            "unit_nm", [](const Layout& l) { return l.unit.in(nm); }, "Database unit.")
        .def("layers", &layer_rows, "cell"_a = "",
             nb::sig("def layers(self, cell: str = '') -> list[dict[str, typing.Any]]"),
             "Layers under a cell with the number of their shapes.")
        .def("polygons", &layer_region, "layer"_a = "", "cell"_a = "",
             "Merged polygons of one layer ('11/0'; the only one if '') under a cell, flattened.")
        .def(
            "clip",
            [](const Layout& l, const Dimensional& x0, const Dimensional& y0, const Dimensional& x1,
               const Dimensional& y1, const std::string& cell) {
                return computed_away([&, w = box_of({x0, y0, x1, y1}, l.unit)] { return clipped_layout(l, cell, w); });
            },
            "x0"_a, "y0"_a, "x1"_a, "y1"_a, "cell"_a = "", "A flat layout of what lies in a window.")
        .def(
            "save", [](const Layout& l, const std::filesystem::path& path) { cli::write_layout(path.string(), l); },
            "path"_a, "Writes GDSII, or GLP when the name ends so.")
        .def(
            "to_gds", [](const Layout& l) { return to_python(io::write_gds(l)); }, "The bytes of a GDSII file.")
        .def(
            "svg", [](const Layout& l) { return to_python(layout_svg(l)); }, "Picture of all layers as SVG.")
        .def("_repr_svg_",
             [](const Layout& l) -> nb::object {
                 std::size_t points = 0;
                 for (const Cell& c : l.cells) points += c.points.size();
                 if (points > 20000) return nb::none();  // a page has no room for more
                 const io::Bytes svg = layout_svg(l);
                 if (svg.size() > 300000) return nb::none();
                 return nb::str(reinterpret_cast<const char*>(svg.data()), svg.size());
             })
        .def("__repr__",
             [](const Layout& l) {
                 return "Layout(" + std::to_string(l.cells.size()) + " cells, unit " + std::to_string(l.unit.in(nm)) +
                        " nm)";
             })
        .def("__getstate__", [](const Layout& l) { return std::make_pair(l.unit.si(), to_python(io::write_gds(l))); })
        .def("__setstate__", [](Layout& self, const std::pair<double, nb::bytes>& state) {
            new (&self) Layout(io::read_gds(bytes_of(state.second)));
            self.unit = Length::from_si(state.first);
        });
}

}  // namespace

void bind_geometry(nb::module_& m) {
    bind_field(m);
    bind_image(m);
    bind_region(m);
    bind_layout(m);
}

}  // namespace damascene::python
