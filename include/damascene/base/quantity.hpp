// A physical quantity: an SI value that knows its dimension at compile time.
//
//   Length wavelength = 193.368 * nm;   double w = wavelength.in(nm);
//
// Adding a length to a time does not compile. Angles are a dimension of their own, so degrees can never be read as
// radians. Text such as "30 mJ/cm^2" is parsed by parse_quantity (base/units.hpp).
#pragma once

#include <compare>

namespace damascene {

/// Exponents of the SI base units and of the plane angle.
struct Dimension {
    signed char length = 0, mass = 0, time = 0, current = 0, temperature = 0, amount = 0, angle = 0;
    friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

constexpr Dimension operator+(Dimension a, Dimension b) {
    auto sum = [](signed char p, signed char q) { return static_cast<signed char>(p + q); };
    return {sum(a.length, b.length),           sum(a.mass, b.mass),     sum(a.time, b.time),  sum(a.current, b.current),
            sum(a.temperature, b.temperature), sum(a.amount, b.amount), sum(a.angle, b.angle)};
}

constexpr Dimension operator-(Dimension a) {
    auto neg = [](signed char p) { return static_cast<signed char>(-p); };
    return {neg(a.length), neg(a.mass), neg(a.time), neg(a.current), neg(a.temperature), neg(a.amount), neg(a.angle)};
}

template <Dimension D>
class Quantity {
  public:
    constexpr Quantity() = default;
    static constexpr Quantity from_si(double value) { return Quantity(value); }
    constexpr double si() const { return value_; }
    /// The number that, times `unit`, gives this quantity.
    constexpr double in(Quantity unit) const { return value_ / unit.value_; }

    friend constexpr auto operator<=>(Quantity, Quantity) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
    friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.value_); }
    friend constexpr Quantity operator*(double s, Quantity a) { return Quantity(s * a.value_); }
    friend constexpr Quantity operator*(Quantity a, double s) { return Quantity(a.value_ * s); }
    friend constexpr Quantity operator/(Quantity a, double s) { return Quantity(a.value_ / s); }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

  private:
    constexpr explicit Quantity(double si) : value_(si) {}
    double value_ = 0;
};

template <Dimension A, Dimension B>
requires(!(A == B) && !(A + B == Dimension{})) constexpr Quantity<A + B> operator*(Quantity<A> a, Quantity<B> b) {
    return Quantity<A + B>::from_si(a.si() * b.si());
}
template <Dimension A>
constexpr Quantity<A + A> operator*(Quantity<A> a, Quantity<A> b) {
    return Quantity<A + A>::from_si(a.si() * b.si());
}
template <Dimension A, Dimension B>
requires(!(A == B)) constexpr Quantity<A + (-B)> operator/(Quantity<A> a, Quantity<B> b) {
    return Quantity<A + (-B)>::from_si(a.si() / b.si());
}

using Length = Quantity<Dimension{.length = 1}>;
using Area = Quantity<Dimension{.length = 2}>;
using Time = Quantity<Dimension{.time = 1}>;
using Temperature = Quantity<Dimension{.temperature = 1}>;
using Pressure = Quantity<Dimension{.length = -1, .mass = 1, .time = -2}>;
using Dose = Quantity<Dimension{.mass = 1, .time = -2}>;
using Angle = Quantity<Dimension{.angle = 1}>;

inline constexpr Length m = Length::from_si(1), mm = Length::from_si(1e-3), um = Length::from_si(1e-6),
                        nm = Length::from_si(1e-9);
inline constexpr Area um2 = Area::from_si(1e-12), nm2 = Area::from_si(1e-18);
inline constexpr Time s = Time::from_si(1), ms = Time::from_si(1e-3);
inline constexpr Temperature K = Temperature::from_si(1);
inline constexpr Pressure Pa = Pressure::from_si(1), Torr = Pressure::from_si(101325.0 / 760.0);
inline constexpr Dose mJ_per_cm2 = Dose::from_si(10);
inline constexpr Angle rad = Angle::from_si(1), deg = Angle::from_si(3.14159265358979323846 / 180.0);

}  // namespace damascene
