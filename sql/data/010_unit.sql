-- Units that are understood. A plant adds its own in psql: what stands here is put in where it is missing, and nothing is taken out.
-- In the quantity's base a number is (number + shift) * multiplier / divisor: whole numbers where there are any.
INSERT INTO plant.unit (code, quantity, symbol, shift, multiplier, divisor) VALUES
    ('Cel', 'temperature', '°C', 0, 1, 1),
    ('K', 'temperature', 'K', -273.15, 1, 1),
    ('[degF]', 'temperature', '°F', -32, 5, 9),
    ('[degR]', 'temperature', '°R', -491.67, 5, 9),
    ('m/min', 'velocity', 'm/min', 0, 1, 60),
    ('mm/min', 'velocity', 'mm/min', 0, 1, 60000),
    ('km/h', 'velocity', 'km/h', 0, 10, 36),
    ('[in_i]/s', 'velocity', 'in/s', 0, 254, 10000),
    ('[ft_i]/s', 'velocity', 'ft/s', 0, 3048, 10000),
    ('[ft_i]/min', 'velocity', 'ft/min', 0, 3048, 600000),
    ('[mi_i]/h', 'velocity', 'mph', 0, 1609344, 3600000),
    ('[in_i]/s2', 'acceleration', 'in/s²', 0, 254, 10000),
    ('[ft_i]/s2', 'acceleration', 'ft/s²', 0, 3048, 10000),
    ('[in_i]', 'length', 'in', 0, 254, 10000),
    ('[mil_i]', 'length', 'mil', 0, 254, 10000000),
    ('[ft_i]', 'length', 'ft', 0, 3048, 10000),
    ('hPa', 'pressure', 'hPa', 0, 100, 1),
    ('[psi]', 'pressure', 'psi', 0, 6894.757293168361, 1),
    ('atm', 'pressure', 'atm', 0, 101325, 1),
    ('att', 'pressure', 'kgf/cm²', 0, 980665, 10),
    ('m[Hg]', 'pressure', 'mHg', 0, 133322.387415, 1),
    ('mm[Hg]', 'pressure', 'mmHg', 0, 133322.387415, 1000),
    ('[in_i''Hg]', 'pressure', 'inHg', 0, 3386.388640341, 1),
    ('m[H2O]', 'pressure', 'mH2O', 0, 980665, 100),
    ('mm[H2O]', 'pressure', 'mmH2O', 0, 980665, 100000),
    ('[in_i''H2O]', 'pressure', 'inH2O', 0, 249.08891, 1),
    ('[HP]', 'power', 'hp', 0, 745.6998715822702, 1),
    ('[HPM]', 'power', 'PS', 0, 73549875, 100000),
    ('/s', 'frequency', '1/s', 0, 1, 1),
    ('{cycles}/min', 'frequency', 'cpm', 0, 1, 60),
    ('/min', 'rotational speed', 'rpm', 0, 1, 1),
    ('{rev}/s', 'rotational speed', 'rev/s', 0, 60, 1),
    ('rad/s', 'rotational speed', 'rad/s', 0, 9.549296585513721, 1),
    ('deg/s', 'rotational speed', '°/s', 0, 1, 6),
    ('k/min', 'rotational speed', 'krpm', 0, 1000, 1),
    ('1', 'ratio', '1', 0, 1, 1),
    ('%', 'ratio', '%', 0, 1, 100),
    ('[ppth]', 'ratio', '‰', 0, 1, 1000),
    ('[ppm]', 'ratio', 'ppm', 0, 1, 1000000),
    ('[ppb]', 'ratio', 'ppb', 0, 1, 1000000000),
    ('t', 'mass', 't', 0, 1000000, 1),
    ('[lb_av]', 'mass', 'lb', 0, 45359237, 100000),
    ('[oz_av]', 'mass', 'oz', 0, 28.349523125, 1),
    ('kgf', 'force', 'kgf', 0, 980665, 100000),
    ('[lbf_av]', 'force', 'lbf', 0, 4.4482216152605, 1),
    ('[lbf_av].[ft_i]', 'torque', 'lbf·ft', 0, 1.3558179483314004, 1),
    ('min', 'time', 'min', 0, 60, 1),
    ('h', 'time', 'h', 0, 3600, 1),
    ('d', 'time', 'd', 0, 86400, 1),
    ('rad', 'angle', 'rad', 0, 57.29577951308232, 1),
    ('deg', 'angle', '°', 0, 1, 1),
    ('m3', 'volume', 'm³', 0, 1000, 1),
    ('[gal_us]', 'volume', 'gal', 0, 3.785411784, 1),
    ('m3/s', 'volume flow', 'm³/s', 0, 60000, 1),
    ('m3/min', 'volume flow', 'm³/min', 0, 1000, 1),
    ('m3/h', 'volume flow', 'm³/h', 0, 1000, 60),
    ('L/min', 'volume flow', 'l/min', 0, 1, 1),
    ('L/s', 'volume flow', 'l/s', 0, 60, 1),
    ('L/h', 'volume flow', 'l/h', 0, 1, 60),
    ('mL/min', 'volume flow', 'ml/min', 0, 1, 1000),
    ('[gal_us]/min', 'volume flow', 'gpm', 0, 3.785411784, 1),
    ('[cft_i]/min', 'volume flow', 'cfm', 0, 28.316846592, 1),
    ('kg/s', 'mass flow', 'kg/s', 0, 1, 1),
    ('kg/min', 'mass flow', 'kg/min', 0, 1, 60),
    ('kg/h', 'mass flow', 'kg/h', 0, 1, 3600),
    ('t/h', 'mass flow', 't/h', 0, 10, 36),
    ('dB', 'level', 'dB', 0, 1, 1)
ON CONFLICT (code) DO NOTHING;

-- With their prefixes. Those that differ in case only come together (m and M): "mpa" must not pass for the one that happens to be here.
INSERT INTO plant.unit (code, quantity, symbol, shift, multiplier, divisor)
SELECT coalesce(p.prefix, '') || u.code, u.quantity, CASE p.prefix WHEN 'u' THEN 'µ' ELSE coalesce(p.prefix, '') END || u.symbol, 0,
       u.multiplier * p.multiplier, p.divisor
FROM (VALUES
    ('m', 'length', 'm', 1::float8, '{n,u,m,c,NULL,k,M}'::text[]), ('m/s', 'velocity', 'm/s', 1, '{n,u,m,c,NULL,k,M}'),
    ('m/s2', 'acceleration', 'm/s²', 1, '{n,u,m,c,NULL,k,M}'), ('Pa', 'pressure', 'Pa', 1, '{u,m,NULL,k,M,G}'),
    ('bar', 'pressure', 'bar', 100000, '{u,m,NULL,k,M}'), ('A', 'current', 'A', 1, '{n,u,m,NULL,k,M}'),
    ('V', 'voltage', 'V', 1, '{n,u,m,NULL,k,M}'), ('W', 'power', 'W', 1, '{n,u,m,NULL,k,M,G}'),
    ('V.A', 'apparent power', 'VA', 1, '{m,NULL,k,M}'), ('var', 'reactive power', 'var', 1, '{m,NULL,k,M}'),
    ('J', 'energy', 'J', 1, '{u,m,NULL,k,M,G}'), ('Hz', 'frequency', 'Hz', 1, '{u,m,NULL,k,M,G}'),
    ('W.h', 'energy', 'Wh', 3600, '{u,m,NULL,k,M,G}'), ('[g]', 'acceleration', 'g', 9.80665, '{u,m,NULL,k,M}'),
    ('S', 'conductance', 'S', 1, '{n,u,m,NULL,k,M}'), ('Ohm', 'resistance', 'Ω', 1, '{u,m,NULL,k,M,G}'), ('g', 'mass', 'g', 1, '{u,m,NULL,k,M}'),
    ('N', 'force', 'N', 1, '{u,m,NULL,k,M}'), ('N.m', 'torque', 'N·m', 1, '{u,m,NULL,k,M}'),
    ('s', 'time', 's', 1, '{n,u,m,NULL,k,M}'), ('L', 'volume', 'l', 1, '{u,m,c,NULL,k,M}')
) AS u (code, quantity, symbol, multiplier, prefixes)
CROSS JOIN LATERAL unnest(u.prefixes) AS n (prefix)
JOIN (VALUES ('n', 1::float8, 1e9::float8), ('u', 1, 1e6), ('m', 1, 1000), ('c', 1, 100), (NULL, 1, 1), ('k', 1000, 1), ('M', 1e6, 1),
             ('G', 1e9, 1)) AS p (prefix, multiplier, divisor)
    ON p.prefix IS NOT DISTINCT FROM n.prefix
ON CONFLICT (code) DO NOTHING;

INSERT INTO plant.unit_spelling (spelling, code)
SELECT s.spelling, u.code
FROM (VALUES
    ('Cel', '{C,degC,deg_C,degree C,degrees C,oC,Celsius,degree Celsius,degrees Celsius,centigrade}'::text[]),
    ('[degF]', '{F,degF,deg_F,degree F,degrees F,oF,Fahrenheit,degree Fahrenheit,degrees Fahrenheit}'),
    ('K', '{kelvin,kelvins,degK,°K}'), ('[degR]', '{degR,Rankine,Ra}'),
    ('mm/s', '{mm.s-1,mm*s-1,mms-1,mm/sec,mmps,mm/s RMS,mm/s(RMS),MM/S}'), ('m/s', '{m.s-1,m*s-1,ms-1,m/sec,mps}'), ('cm/s', '{cm.s-1,cm/sec}'),
    ('um/s', '{um.s-1,um/sec}'), ('km/h', '{km.h-1,kmh,kmph,kph,km/hr}'), ('m/min', '{m.min-1,mpm}'),
    ('[in_i]/s', '{in/sec,ips,inch/s,inch/sec,in.s-1}'), ('[ft_i]/s', '{ft/sec,fps,ft.s-1}'), ('[ft_i]/min', '{fpm}'), ('[mi_i]/h', '{mi/h}'),
    ('m/s2', '{m.s-2,m*s-2,ms-2,m/s/s,m/sec2,m/sec/sec}'), ('mm/s2', '{mm.s-2,mm/s/s,mm/sec2,MM/S2}'), ('cm/s2', '{cm.s-2,Gal}'),
    ('[g]', '{g,gn,g0,gee,g RMS,grms}'), ('[in_i]/s2', '{in/s/s,in/sec2}'),
    ('mm', '{MM,millimeter,millimetre,millimeters,millimetres}'), ('m', '{meter,metre,meters,metres}'), ('um', '{micron,microns,micrometer,micrometre}'),
    ('cm', '{centimeter,centimetre}'), ('[in_i]', '{inch,inches}'), ('[mil_i]', '{mils,thou}'), ('[ft_i]', '{foot,feet}'),
    ('Pa', '{pascal,pascals,N/m2}'), ('kPa', '{kilopascal,kilopascals}'), ('MPa', '{Mpa,megapascal,megapascals,N/mm2}'), ('hPa', '{hectopascal}'),
    ('bar', '{bars}'), ('mbar', '{MBAR,millibar,mb}'), ('[psi]', '{lb/in2,lbf/in2,pound/in2}'), ('att', '{kg/cm2,kgf/cm2,at}'),
    ('mm[Hg]', '{Torr}'), ('mm[H2O]', '{mmWC,mmWS}'), ('m[H2O]', '{mWC,mWS}'), ('[in_i''H2O]', '{inWC}'), ('atm', '{atmosphere}'),
    ('A', '{amp,amps,ampere,amperes,Arms,A RMS}'), ('mA', '{milliamp,milliamps,milliampere}'), ('kA', '{kiloampere}'),
    ('V', '{volt,volts,Vrms}'), ('mV', '{millivolt,millivolts}'), ('kV', '{kilovolt,kilovolts}'),
    ('W', '{watt,watts}'), ('kW', '{kilowatt,kilowatts}'), ('MW', '{megawatt,megawatts}'), ('mW', '{milliwatt,milliwatts}'),
    ('[HP]', '{horsepower}'), ('[HPM]', '{CV,metric hp}'), ('J', '{joule,joules,W.s,Ws}'), ('kW.h', '{kWhr}'),
    ('Hz', '{hertz,cps}'), ('kHz', '{kilohertz}'), ('MHz', '{megahertz}'), ('/s', '{s-1,1/sec}'), ('{cycles}/min', '{cycles/min}'),
    ('/min', '{1/min,r/min,rev/min,revs/min,min-1,revolutions/min,revolutions per minute,U/min,"{rev}/min"}'),
    ('{rev}/s', '{rps,r/s,revs/s,1/s,s-1}'), ('rad/s', '{rad.s-1,rad/sec}'), ('deg/s', '{deg/sec}'),
    ('%', '{percent,per cent,pct,%RH,% r.h.}'), ('1', '{ratio,unity}'), ('[ppth]', '{permille}'),
    ('Ohm', '{ohm,ohms}'), ('kOhm', '{kohms}'), ('MOhm', '{Mohms}'), ('kg', '{kilogram,kilograms,kilo,KG}'), ('g', '{gram,grams}'), ('t', '{tonne,tonnes}'),
    ('[lb_av]', '{lbs,pound,pounds}'), ('N', '{newton,newtons}'), ('kgf', '{kp}'), ('N.m', '{Nm,N m,newton meter,newton metre}'), ('mN.m', '{mNm}'),
    ('kN.m', '{kNm}'), ('MN.m', '{MNm}'), ('s', '{sec,secs,second,seconds}'), ('ms', '{msec,millisecond,milliseconds}'), ('us', '{usec,microsecond,microseconds}'),
    ('min', '{mins,minute,minutes}'), ('h', '{hr,hrs,hour,hours}'), ('d', '{day,days}'), ('deg', '{degree,degrees}'),
    ('L', '{liter,litre,liters,litres}'), ('m3', '{cbm}'), ('L/min', '{lpm,LPM}'), ('m3/h', '{cmh,m3/hr}'), ('mL', '{ml}')
) AS u (code, spellings)
CROSS JOIN LATERAL unnest(u.spellings) AS s (spelling)
JOIN plant.unit AS known ON known.code = u.code
ON CONFLICT DO NOTHING;
