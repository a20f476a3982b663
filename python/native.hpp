// What the binding files share: quantities as arguments, arrays without copies, computations away from the interpreter.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "damascene/flow.hpp"

namespace damascene::python {

namespace nb = nanobind;
using namespace nb::literals;

/// An argument with a dimension: text ("193 nm") or damascene.units.Quantity. A bare number is a TypeError.
struct Dimensional {
    nb::object given;
    double si(const char* name, std::string_view unit) const;
    Length length(const char* name) const { return Length::from_si(si(name, "nm")); }
    Angle angle(const char* name) const { return Angle::from_si(si(name, "deg")); }
};

/// Runs work() on a thread of its own without the interpreter's lock. The calling thread looks for signals every 50 ms
/// and calls between() with the lock held; a fault there, or Ctrl-C, sets `cancel`, waits for work() and is thrown.
void away(std::atomic<bool>& cancel, const std::function<void()>& work, const std::function<void()>& between = {});

/// work(context) away from the interpreter; the context's progress goes to `progress(phase, done, metrics)` if
/// callable.
void away_with_progress(nb::handle progress, const std::function<void(const Context&)>& work);

/// The value of work(cancel flag) computed away from the interpreter.
template <class Work>
auto computed_away(const Work& work) {
    std::atomic<bool> cancel = false;
    std::optional<decltype(work())> value;
    away(cancel, [&] { value.emplace(work()); });
    return std::move(*value);
}

/// A NumPy array that knows its owner, also as the value of a property.
template <class T, std::size_t Rank>
struct Array : nb::ndarray<nb::numpy, T, nb::ndim<Rank>> {
    using nb::ndarray<nb::numpy, T, nb::ndim<Rank>>::ndarray;
};
template <class T>
using Array1 = Array<T, 1>;
template <class T>
using Array2 = Array<T, 2>;
using Rows = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;  ///< input

/// Arrays on memory that `owner` keeps alive: no copy. const T: read-only.
template <class T>
Array1<T> view(T* data, std::size_t n, nb::handle owner) {
    return Array1<T>(data, {n}, owner);
}
template <class T>
Array2<T> view(T* data, std::size_t rows, std::size_t columns, nb::handle owner) {
    return Array2<T>(data, {rows, columns}, owner);
}
/// An array that owns what is moved into it.
template <class T>
Array1<T> array_of(std::vector<T> values) {
    auto* kept = new std::vector<T>(std::move(values));
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return Array1<T>(kept->data(), {kept->size()}, owner);
}
/// A matrix [rows][columns] of the same length each.
Array2<double> matrix_of(const std::vector<std::vector<double>>& rows);

/// A field of real numbers: its own, or part of what `owner` keeps alive (then read-only).
struct FieldHandle {
    nb::object owner;
    std::unique_ptr<Field2<double>> own;
    const Field2<double>* data = nullptr;
    std::string unit;
    static FieldHandle owned(Field2<double> field, std::string unit);
    static FieldHandle borrowed(const Field2<double>& field, std::string unit, nb::handle owner);
};

nb::object part_of(nb::object part, nb::handle whole);  ///< keeps `whole` alive as long as `part`
/// A member as its own object, without a copy.
template <class T>
nb::object member(const T& value, nb::handle whole) {
    return part_of(nb::cast(&value, nb::rv_policy::reference), whole);
}
nb::list contour_arrays(const std::vector<Contour>& contours, nb::handle owner);
nb::bytes to_python(const io::Bytes& bytes);
io::ByteView bytes_of(const nb::bytes& bytes);

io::Bytes field_png(const Field2<double>& field, double low, double high);
Field2<double> samples(const Image& image, double pixel_nm);
io::Bytes region_svg(const Region& region, const char* colour);
io::Bytes contours_svg(const std::vector<io::SvgLayer>& layers);

void bind_base(nb::module_&);
void bind_geometry(nb::module_&);
void bind_nouns(nb::module_&);
void bind_flow(nb::module_&);
void bind_optics(nb::module_&);
void bind_opc(nb::module_&);
void bind_resist(nb::module_&);
void bind_commands(nb::module_&);
void bind_sweep(nb::module_&);

}  // namespace damascene::python

namespace nanobind::detail {
template <>
struct type_caster<damascene::python::Dimensional> {
    NB_TYPE_CASTER(damascene::python::Dimensional, const_name("str | damascene.units.Quantity"))
    bool from_python(handle source, uint8_t, cleanup_list*) noexcept {
        value.given = borrow(source);
        return true;
    }
    static handle from_cpp(const damascene::python::Dimensional& v, rv_policy, cleanup_list*) noexcept {
        return v.given.inc_ref();
    }
};
template <class T, std::size_t Rank>
struct type_caster<damascene::python::Array<T, Rank>> {
    using Base = ndarray<numpy, T, ndim<Rank>>;
    static constexpr auto Name = make_caster<Base>::Name;
    static handle from_cpp(const Base& array, rv_policy, cleanup_list* cleanup) noexcept {
        return make_caster<Base>::from_cpp(array, rv_policy::automatic, cleanup);
    }
};
}  // namespace nanobind::detail
